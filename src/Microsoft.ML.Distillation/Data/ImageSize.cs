namespace Microsoft.ML.Distillation;

/// <summary>Width and height of an image, in pixels.</summary>
/// <param name="Width">Pixels across, at least 1.</param>
/// <param name="Height">Pixels down, at least 1.</param>
public readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>Width × height.</summary>
    public long Pixels => (long)Width * Height;

    /// <inheritdoc/>
    public override string ToString() => $"{Width}×{Height}";
}
