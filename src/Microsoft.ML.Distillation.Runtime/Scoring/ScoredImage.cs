using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>A row's image as a graph takes it, and how large it was.</summary>
internal sealed class ScoredImage : OrderedRow
{
    /// <summary>To be exchanged for others where they are to be kept.</summary>
    public ImagePixels Pixels { get; set; } = new();

    /// <summary>Width and height; nothing where images aren't measured.</summary>
    public long[] Size { get; } = new long[2];

    public override void Clear()
    {
    }
}
