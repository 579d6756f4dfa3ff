using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>Finds the mapping of <see cref="ImageDecoding"/> again when a model is loaded.</summary>
[CustomMappingFactoryAttribute(ImageDecoding.ContractName)]
public sealed class ImageDecodingFactory : CustomMappingFactory<EncodedImage, DecodedImage>
{
    /// <inheritdoc/>
    public override Action<EncodedImage, DecodedImage> GetMapping() => Decode;

    internal static void Decode(EncodedImage source, DecodedImage target)
    {
        var bytes = source.Bytes;
        if (bytes.Length == 0)
            throw new InvalidDataException("The image has no bytes; the bytes of a JPEG, PNG or other image file are needed.");
        var dense = bytes.IsDense ? bytes.GetValues().ToArray() : bytes.DenseValues().ToArray();
        using var stream = new MemoryStream(dense, writable: false);
        try
        {
            target.Image = MLImage.CreateFromStream(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new InvalidDataException($"{dense.Length} bytes that begin with {Convert.ToHexString(dense.AsSpan(0, Math.Min(8, dense.Length)))} are not an image that can be decoded: {error.Message}", error);
        }
    }
}
