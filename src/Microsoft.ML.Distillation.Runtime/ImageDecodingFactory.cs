using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Headers;
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
        var bytes = Dense(source.Bytes);
        if (ImageHeader.ReadSize(bytes).Refusal(ImageDecoding.MaxImagePixels, whole: false) is { } fault)
            throw new InvalidDataException($"{fault}.");
        Put(Decode(bytes), target);
    }

    internal static void DecodeChecked(EncodedImage source, DecodedImage target) => Put(Decode(Dense(source.Bytes)), target);

    // A cursor has one target for all its rows: the row before has been read, and its image's memory is not the collector's to count.
    private static void Put(MLImage image, DecodedImage target)
    {
        target.Image?.Dispose();
        target.Image = image;
    }

    private static byte[] Dense(VBuffer<byte> bytes) => bytes.IsDense ? bytes.GetValues().ToArray() : [.. bytes.DenseValues()];

    private static MLImage Decode(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        try
        {
            return MLImage.CreateFromStream(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new InvalidDataException($"{bytes.Length} bytes that begin with {Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)))} are not an image that can be decoded: {error.Message}", error);
        }
    }
}
