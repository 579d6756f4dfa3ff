using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation;

/// <summary>An image together with its size, which is lost when the image is resized.</summary>
public sealed class MeasuredImage
{
    /// <summary>The image itself.</summary>
    [ColumnName("distillation.measured")]
    [AnySizeImage]
    public MLImage? Image { get; set; }

    /// <summary>Its width and height in pixels; 0 and 0 where a row has no image.</summary>
    [ColumnName("distillation.size")]
    [VectorType(2)]
    public VBuffer<long> Size { get; set; }
}
