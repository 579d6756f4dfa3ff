using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation;

/// <summary>What a detector found on an image, in pixels of the letterboxed image it was shown.</summary>
public sealed class LetterboxedBoxes
{
    /// <summary>Width and height of the image itself.</summary>
    [ColumnName("distillation.size")]
    public VBuffer<long> Size { get; set; }

    /// <summary>Width and height of what the detector was shown.</summary>
    [ColumnName("distillation.input")]
    public VBuffer<long> Input { get; set; }

    /// <summary>x0 y0 x1 y1 of one box after another.</summary>
    [ColumnName("distillation.boxes")]
    public VBuffer<float> Boxes { get; set; }

    /// <summary>Of one box after another, 0…1.</summary>
    [ColumnName("distillation.scores")]
    public VBuffer<float> Scores { get; set; }

    /// <summary>Of one box after another, from 0.</summary>
    [ColumnName("distillation.classes")]
    public VBuffer<long> Classes { get; set; }
}

/// <summary>What a detector found on an image, in pixels of the image itself.</summary>
public sealed class ImageBoxes
{
    /// <summary>x0 y0 x1 y1 of one box after another.</summary>
    [ColumnName("distillation.restored")]
    public VBuffer<float> Boxes { get; set; }

    /// <summary>Of one box after another, 0…1.</summary>
    [ColumnName("distillation.restored.scores")]
    public VBuffer<float> Scores { get; set; }

    /// <summary>Of one box after another, from 0.</summary>
    [ColumnName("distillation.restored.classes")]
    public VBuffer<long> Classes { get; set; }
}
