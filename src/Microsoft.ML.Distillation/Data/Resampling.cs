namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// Scaling one axis as a matrix: the same weights serve TorchSharp and ONNX (a matrix product in both), so that a student's own
/// down-scaling in training is exactly the one in its file.
/// </summary>
internal static class Resampling
{
    /// <summary>Weights of a triangle filter as wide as the step (anti-aliased bilinear, pixel centres at ½).</summary>
    /// <returns>to×from values in row-major order; every row sums to 1.</returns>
    public static float[] Weights(int from, int to)
    {
        var weights = new float[(long)from * to];
        var step = (double)from / to;
        var reach = Math.Max(1, step);
        for (var i = 0; i < to; i++)
        {
            var centre = (i + .5) * step;
            var (first, last) = (Math.Max(0, (int)Math.Floor(centre - reach)), Math.Min(from - 1, (int)Math.Ceiling(centre + reach)));
            var sum = 0.0;
            for (var j = first; j <= last; j++)
                sum += Weight(j);
            for (var j = first; j <= last; j++)
                weights[(long)i * from + j] = (float)(Weight(j) / sum);

            double Weight(int j) => Math.Max(0, 1 - Math.Abs(j + .5 - centre) / reach);
        }
        return weights;
    }
}
