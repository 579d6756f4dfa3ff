namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>The values a tensor is to hold in 8 bits.</summary>
/// <param name="Minimum">The least of them.</param>
/// <param name="Maximum">The greatest of them.</param>
internal readonly record struct ActivationRange(float Minimum, float Maximum)
{
    private const int Levels = byte.MaxValue;

    /// <summary>s and z of x ≈ s·(q − z) with q in 0…255. Zero has a level of its own, since padding is full of it.</summary>
    /// <param name="ceiling">What no level may stand for more than; null for no such thing.</param>
    public (float Scale, byte ZeroPoint) Parameters(float? ceiling = null)
    {
        var (low, high) = (Math.Min(0, Minimum), Math.Max(0, Maximum));
        var scale = (float)(((double)high - low) / Levels);
        if (!(scale > 0))
            return (1, 0);
        var zero = (byte)Math.Clamp(Math.Round(-low / (double)scale), 0, Levels);
        while (ceiling is { } most && scale * (Levels - zero) > most)
            scale = MathF.BitDecrement(scale);
        return (scale, zero);
    }
}
