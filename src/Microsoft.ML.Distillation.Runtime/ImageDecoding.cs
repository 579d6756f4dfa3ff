using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Encoded images (the bytes of a JPEG, PNG, … file) to decoded ones, as a stateless custom mapping. A model that takes bytes names
/// this contract in its file and finds it again through this assembly.
/// </summary>
public static class ImageDecoding
{
    internal const string ContractName = "Microsoft.ML.Distillation.ImageDecoding";

    /// <summary>Makes the mapping from column <c>distillation.encoded</c> (vector of bytes) to <c>distillation.image</c>.</summary>
    /// <param name="ml">The context.</param>
    /// <returns>The estimator; what it fits is saved by its contract's name.</returns>
    public static CustomMappingEstimator<EncodedImage, DecodedImage> Create(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return ml.Transforms.CustomMapping<EncodedImage, DecodedImage>(ImageDecodingFactory.Decode, ContractName);
    }
}
