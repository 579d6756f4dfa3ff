using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// The built-in transformers that turn the image column into pixels. Training and prediction use the very same ones, so that a student
/// never meets pixels prepared in another way than those it learned from.
/// </summary>
internal sealed class ImagePreparation(MLContext ml, string imageColumn, ImageSize size, ImageResizingEstimator.ResizingKind resizing)
{
    /// <summary>Names of the columns in between; unlikely to be the user's, and dropped at the end.</summary>
    public const string ImageColumn = "distillation.image", PixelColumn = "distillation.pixels", EncodedColumn = "distillation.encoded";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> AddedColumns { get; } = [ImageColumn, PixelColumn, EncodedColumn];

    public string InputColumn => imageColumn;

    public ImageSize Size => size;

    /// <summary>The steps to a vector of 3×H×W pixels, red, green and blue planes, 0…255.</summary>
    /// <param name="data">Its schema says whether images come decoded or as encoded bytes.</param>
    /// <param name="asBytes">Bytes (training), or floats (what the ONNX model takes).</param>
    public IReadOnlyList<ITransformer> Fit(IDataView data, bool asBytes)
    {
        var encoded = IsEncoded(data, imageColumn);
        var steps = new List<ITransformer>();
        foreach (var link in Links(encoded, asBytes))
        {
            steps.Add(link.Fit(data));
            data = steps[^1].Transform(data);
        }
        return steps;
    }

    /// <summary>Whether a column of images holds the bytes of files, rather than decoded images.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds neither.</exception>
    public static bool IsEncoded(IDataView data, string name)
    {
        var column = Columns.Find(data.Schema, name, "Image");
        var encoded = column.Type is VectorDataViewType { ItemType: NumberDataViewType item } && item == NumberDataViewType.Byte;
        return encoded || column.Type is ImageDataViewType
            ? encoded
            : throw new ArgumentException($"Image column '{name}' is {column.Type}; an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed.", nameof(data));
    }

    /// <summary>The same steps, not fitted yet.</summary>
    public IEnumerable<ChainLink> Links(bool encoded, bool asBytes)
    {
        if (encoded)
        {
            yield return ChainLink.Of(ml.Transforms.CopyColumns(EncodedColumn, imageColumn));
            // For training, bytes are checked on their way in (CheckedImages), by the run's own limit.
            yield return ChainLink.Of(asBytes ? ImageDecoding.CreateForChecked(ml) : ImageDecoding.Create(ml));
        }
        yield return ChainLink.Of(ml.Transforms.ResizeImages(ImageColumn, size.Width, size.Height, encoded ? ImageColumn : imageColumn, resizing));
        yield return ChainLink.Of(ml.Transforms.ExtractPixels(PixelColumn, ImageColumn, outputAsFloatArray: !asBytes));
    }
}
