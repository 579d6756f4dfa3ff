namespace Microsoft.ML.Distillation.Common;

/// <summary>What a network's <see cref="ModelOutput"/> will hold, known before it runs: adapters are built from it.</summary>
/// <param name="Classes">Length of the logits; null for none.</param>
/// <param name="Features">The feature maps, shallowest first.</param>
/// <param name="Embedding">Length of the embedding; null for none.</param>
internal sealed record OutputShape(int? Classes, IReadOnlyList<MapShape> Features, int? Embedding);

/// <summary>A feature map: N×Channels×Height×Width.</summary>
internal sealed record MapShape(string Name, int Channels, int Height, int Width)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Channels}×{Height}×{Width}";
}
