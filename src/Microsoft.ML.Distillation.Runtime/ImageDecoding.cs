using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Encoded images (the bytes of a JPEG, PNG, … file) to decoded ones, as a stateless custom mapping. A model that takes bytes names
/// this contract in its file and finds it again through this assembly.
/// </summary>
/// <remarks>
/// JPEG, PNG, GIF, BMP and WebP are decoded, as far as ML.NET's own decoder does; other formats are refused. An image is decoded as it is stored: what EXIF says of turning it is ignored,
/// and of an animation the first frame is taken. A file that is cut short is decoded as far as it goes, as <c>LoadImages</c> does it; training refuses such files, or leaves them out (<c>BadImages</c>). Whoever wants none of them scored
/// checks bytes before.
/// </remarks>
public static class ImageDecoding
{
    internal const string ContractName = "Microsoft.ML.Distillation.ImageDecoding";

    /// <summary>Default of <see cref="MaxImagePixels"/>.</summary>
    public const long DefaultMaxImagePixels = 100_000_000;

    private static long _maxImagePixels = DefaultMaxImagePixels;

    /// <summary>
    /// The most pixels an image may have that a model decodes from bytes; a larger one is refused by its header, before memory is taken for it. It goes for the whole process,
    /// because a model's file has no room for it.
    /// </summary>
    /// <value>At least 1; default 100 million, which take 400 MB.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 1.</exception>
    public static long MaxImagePixels
    {
        get => Volatile.Read(ref _maxImagePixels);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _maxImagePixels, value);
        }
    }

    /// <summary>Makes the mapping from column <c>distillation.encoded</c> (vector of bytes) to <c>distillation.image</c>.</summary>
    /// <param name="ml">The context.</param>
    /// <returns>The estimator; what it fits is saved by its contract's name.</returns>
    public static CustomMappingEstimator<EncodedImage, DecodedImage> Create(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return ml.Transforms.CustomMapping<EncodedImage, DecodedImage>(ImageDecodingFactory.Decode, ContractName);
    }

    /// <summary>The same for bytes that were checked before, by another limit than the process's. It is never saved.</summary>
    internal static CustomMappingEstimator<EncodedImage, DecodedImage> CreateForChecked(MLContext ml) =>
        ml.Transforms.CustomMapping<EncodedImage, DecodedImage>(ImageDecodingFactory.DecodeChecked, null);
}
