using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// The transformers that measure an image and turn it into letterboxed pixels, in training and at prediction the very same ones. They measure it before it is resized,
/// in passing, so that no image is read or decoded twice.
/// </summary>
internal sealed class DetectorPreparation(MLContext ml, string imageColumn, ImageSize size)
{
    /// <summary>Names of the columns in between, as <see cref="MeasuredImage"/> has them.</summary>
    public const string MeasuredColumn = "distillation.measured", SizeColumn = "distillation.size";

    private readonly ImagePreparation _letterboxing = new(ml, MeasuredColumn, size, ImageResizingEstimator.ResizingKind.IsoPad);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> AddedColumns { get; } = [.. ImagePreparation.AddedColumns, MeasuredColumn, SizeColumn];

    public string InputColumn => imageColumn;

    public ImageSize Size => size;

    /// <summary>The same to another size.</summary>
    public DetectorPreparation At(ImageSize other) => new(ml, imageColumn, other);

    /// <summary>The steps to the image's size and to a vector of 3×H×W pixels, red, green and blue planes, 0…255.</summary>
    /// <inheritdoc cref="ImagePreparation.Fit" path="/param"/>
    /// <param name="isChecked">Whether files are checked on their way in, by another limit than the process's (<see cref="CheckedImages"/>).</param>
    public IReadOnlyList<ITransformer> Fit(IDataView data, bool asBytes, bool isChecked = false)
    {
        var steps = FitMeasuring(data, isChecked);
        return [.. steps, .. _letterboxing.Fit(steps.Aggregate(data, (view, step) => step.Transform(view)), asBytes)];
    }

    /// <summary>The steps to the image's size alone.</summary>
    public IReadOnlyList<ITransformer> FitMeasuring(IDataView data, bool isChecked = false)
    {
        var steps = new List<ITransformer>();
        foreach (var link in Measuring(ImagePreparation.IsEncoded(data, imageColumn), isChecked))
        {
            steps.Add(link.Fit(data));
            data = steps[^1].Transform(data);
        }
        return steps;
    }

    private IEnumerable<ChainLink> Measuring(bool encoded, bool isChecked)
    {
        if (encoded)
        {
            yield return ChainLink.Of(ml.Transforms.CopyColumns(ImagePreparation.EncodedColumn, imageColumn));
            yield return ChainLink.Of(isChecked ? ImageDecoding.CreateForChecked(ml) : ImageDecoding.Create(ml));
        }
        else
        {
            yield return ChainLink.Of(ml.Transforms.CopyColumns(ImagePreparation.ImageColumn, imageColumn));
        }
        yield return ChainLink.Of(ImageMeasuring.Create(ml));
    }
}
