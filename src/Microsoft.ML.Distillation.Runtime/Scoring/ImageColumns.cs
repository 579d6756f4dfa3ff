using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The columns that images are read from.</summary>
/// <param name="Pixels">The images of the model's size where the steps before resize them, which is cheaper to read than the floats that they make of them.</param>
/// <param name="Size">Width and height before that; null where images aren't measured.</param>
internal sealed record ImageColumns(DataViewSchema.Column Pixels, DataViewSchema.Column? Size)
{
    private const string MeasuredSize = "distillation.size", Resized = "distillation.image";

    public IEnumerable<DataViewSchema.Column> All => Size is { } size ? [Pixels, size] : [Pixels];

    /// <param name="pixels">The column of floats, which is the graph's input.</param>
    /// <param name="shape">Of the input: N×3×H×W.</param>
    public static ImageColumns Of(DataViewSchema schema, string pixels, ReadOnlySpan<long> shape) => new(
        schema.GetColumnOrNull(Resized) is { Type: ImageDataViewType image } resized && shape is [_, 3, var height, var width] && (image.Height, image.Width) == (height, width) ? resized : schema[pixels],
        schema.GetColumnOrNull(MeasuredSize));

    /// <summary>Bytes of an image that was read.</summary>
    public long Bytes(int pixelCount) => Pixels.Type is ImageDataViewType ? 4L * pixelCount / 3 : sizeof(float) * (long)pixelCount;
}
