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

    public string InputColumn => imageColumn;

    public ImageSize Size => size;

    /// <summary>The steps to a vector of 3×H×W pixels, red, green and blue planes, 0…255.</summary>
    /// <param name="data">Its schema says whether images come decoded or as encoded bytes.</param>
    /// <param name="asBytes">Bytes (training), or floats (what the ONNX model takes).</param>
    public IReadOnlyList<ITransformer> Fit(IDataView data, bool asBytes)
    {
        var column = Columns.Find(data.Schema, imageColumn, "Image");
        var steps = new List<ITransformer>();
        var source = imageColumn;
        if (column.Type is VectorDataViewType { ItemType: NumberDataViewType item } && item == NumberDataViewType.Byte)
        {
            Add(ml.Transforms.CopyColumns(EncodedColumn, imageColumn));
            Add(ImageDecoding.Create(ml));
            source = ImageColumn;
        }
        else if (column.Type is not ImageDataViewType)
        {
            throw new ArgumentException($"Image column '{imageColumn}' is {column.Type}; an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed.", nameof(data));
        }
        Add(ml.Transforms.ResizeImages(ImageColumn, size.Width, size.Height, source, resizing));
        Add(ml.Transforms.ExtractPixels(PixelColumn, ImageColumn, outputAsFloatArray: !asBytes));
        return steps;

        void Add<T>(IEstimator<T> estimator) where T : class, ITransformer
        {
            var step = estimator.Fit(data);
            steps.Add(step);
            data = step.Transform(data);
        }
    }
}
