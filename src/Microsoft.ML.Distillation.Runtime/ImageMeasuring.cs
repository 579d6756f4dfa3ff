using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Images to images with their sizes, as a stateless custom mapping: a detector's boxes are put back on the image by its own size, and an image that passes through here is
/// read or decoded once a row. A detector names this contract in its file and finds it again through this assembly.
/// </summary>
public static class ImageMeasuring
{
    internal const string ContractName = "Microsoft.ML.Distillation.ImageMeasuring";

    /// <summary>Makes the mapping from column <c>distillation.image</c> to <c>distillation.measured</c> (the same image) and <c>distillation.size</c> (width, height).</summary>
    /// <param name="ml">The context.</param>
    /// <returns>The estimator, to be fitted by itself: a chain of estimators compares types of images by reference. What it fits is saved by its contract's name.</returns>
    public static CustomMappingEstimator<DecodedImage, MeasuredImage> Create(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return ml.Transforms.CustomMapping<DecodedImage, MeasuredImage>(ImageMeasuringFactory.Measure, ContractName);
    }
}
