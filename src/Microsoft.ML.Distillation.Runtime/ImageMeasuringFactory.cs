using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>Finds the mapping of <see cref="ImageMeasuring"/> again when a model is loaded.</summary>
[CustomMappingFactoryAttribute(ImageMeasuring.ContractName)]
public sealed class ImageMeasuringFactory : CustomMappingFactory<DecodedImage, MeasuredImage>
{
    /// <inheritdoc/>
    public override Action<DecodedImage, MeasuredImage> GetMapping() => Measure;

    internal static void Measure(DecodedImage source, MeasuredImage target)
    {
        target.Image = source.Image;
        target.Size = new VBuffer<long>(2, [source.Image?.Width ?? 0, source.Image?.Height ?? 0]);
    }
}
