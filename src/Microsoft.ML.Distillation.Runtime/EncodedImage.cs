using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation;

/// <summary>An image as the bytes of its file.</summary>
public sealed class EncodedImage
{
    /// <summary>The bytes of a JPEG, PNG, … file.</summary>
    [ColumnName("distillation.encoded")]
    public VBuffer<byte> Bytes { get; set; }
}

/// <summary>A decoded image.</summary>
public sealed class DecodedImage
{
    /// <summary>The pixels.</summary>
    [ColumnName("distillation.image")]
    [AnySizeImage]
    public MLImage? Image { get; set; }
}
