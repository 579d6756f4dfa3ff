namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>A layer's weights in 8 bits: w ≈ s·q with a scale s for each channel of one axis, so that |w − s·q| ≤ s/2.</summary>
/// <param name="Values">In the order of the weights.</param>
/// <param name="Scales">One a channel.</param>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales)
{
    /// <summary>Biases are to fit 32 bits with room for rounding.</summary>
    public const double MostBias = 1 << 30;

    /// <summary>Below the least normal number, quotients lose their digits.</summary>
    public const double LeastScale = 1e-37;

    /// <param name="axis">That of the output channels.</param>
    /// <param name="limit">The greatest value, and the negative of the least: 127, or 63 for 7 bits.</param>
    /// <param name="biases">
    /// For every layer with these weights its biases and its input's scale: s·s_x is the biases' scale, so that a channel whose weights are next to nothing beside its bias (as BatchNorm
    /// leaves dead ones) takes a larger scale than its weights alone would.
    /// </param>
    public static QuantizedWeights Of(float[] weights, long[] shape, int axis, int limit, IReadOnlyList<(float[] Bias, float InputScale)> biases)
    {
        var (channels, inner) = ((int)shape[axis], (int)shape[(axis + 1)..].Aggregate(1L, (a, b) => a * b));
        var scales = new float[channels];
        for (var i = 0; i < weights.Length; i++)
            scales[i / inner % channels] = Math.Max(scales[i / inner % channels], Math.Abs(weights[i]));
        for (var channel = 0; channel < channels; channel++)
        {
            var scale = Math.Max(scales[channel] / (double)limit, biases.Select(b => Math.Abs(b.Bias[channel]) / (b.InputScale * MostBias)).DefaultIfEmpty(0).Max());
            scales[channel] = scale > LeastScale ? (float)scale : 1;
        }
        var values = new sbyte[weights.Length];
        for (var i = 0; i < weights.Length; i++)
            values[i] = (sbyte)Math.Clamp(Math.Round(weights[i] / (double)scales[i / inner % channels]), -limit, limit);
        return new(values, scales);
    }

    /// <summary>Biases in 32 bits, and their scales s·s_x.</summary>
    public (int[] Values, float[] Scales) Bias(float[] bias, float inputScale)
    {
        var scales = Array.ConvertAll(Scales, s => s * inputScale);
        return ([.. bias.Zip(scales, (b, s) => (int)Math.Clamp(Math.Round(b / (double)s), int.MinValue, int.MaxValue))], scales);
    }
}
