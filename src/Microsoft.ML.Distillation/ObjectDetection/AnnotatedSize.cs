using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// An image's size as its annotation gives it (<see cref="AnnotatedImage"/>). Where the image is stored with its sides the other way round, the boxes were drawn on what EXIF makes of it, and ML.NET
/// decodes it as it is stored.
/// </summary>
internal sealed class AnnotatedSize(DataViewRow row)
{
    private const string Width = nameof(AnnotatedImage.Width), Height = nameof(AnnotatedImage.Height);
    private readonly ValueGetter<int> _width = row.GetGetter<int>(row.Schema[Width]);
    private readonly ValueGetter<int> _height = row.GetGetter<int>(row.Schema[Height]);

    /// <summary>The columns that hold it; none where there are none.</summary>
    public static IReadOnlyList<DataViewSchema.Column> Columns(DataViewSchema schema) =>
        Find(schema, Width) is { } width && Find(schema, Height) is { } height ? [width, height] : [];

    /// <exception cref="InvalidDataException">The boxes are for the image as EXIF turns it.</exception>
    public void Check(int storedWidth, int storedHeight)
    {
        var (width, height) = (0, 0);
        _width(ref width);
        _height(ref height);
        if (width == height || width != storedHeight || height != storedWidth)
            return;
        throw new InvalidDataException(
            $"its annotation is for {width}×{height} pixels, and it is stored as {storedWidth}×{storedHeight}: the boxes were drawn on the image as EXIF has it turned, and ML.NET doesn't turn it. Turn its pixels, and label that.");
    }

    private static DataViewSchema.Column? Find(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) is { } column && column.Type == NumberDataViewType.Int32 ? column : null;
}
