namespace Microsoft.ML.Distillation.Common;

/// <summary>What a network's <see cref="ModelOutput"/> will hold, known before it runs: adapters are built from it.</summary>
/// <param name="Classes">Length of the logits; null for none.</param>
/// <param name="Features">The feature maps, shallowest first.</param>
/// <param name="Embedding">Length of the embedding; null for none.</param>
internal sealed record OutputShape(int? Classes, IReadOnlyList<MapShape> Features, int? Embedding)
{
    /// <summary>Whether the first feature map is a stem's, which knows little of what the image shows.</summary>
    public bool HasStem { get; init; } = true;
}

/// <summary>A feature map: N×Channels×Height×Width.</summary>
internal sealed record MapShape(string Name, int Channels, int Height, int Width)
{
    /// <summary>How often this map is halved, rounding up, to have another's size: 0 for the same size; null where that never happens.</summary>
    public int? HalvingsTo(MapShape other)
    {
        var (height, width) = (Height, Width);
        for (var count = 0; height >= other.Height && width >= other.Width; count++)
        {
            if ((height, width) == (other.Height, other.Width))
                return count;
            (height, width) = ((height + 1) / 2, (width + 1) / 2);
        }
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Channels}×{Height}×{Width}";
}
