using Microsoft.ML.Data;
using Microsoft.ML.Distillation;

namespace Samples.RetrainingApp.Uploads;

/// <summary>Lets through what is an image by its content, has no more pixels than are allowed, and can be decoded.</summary>
internal sealed class ImageCheck
{
    // The very decoding that models begin with: it reads the size from the file's header before it takes any memory for pixels.
    private static readonly Action<EncodedImage, DecodedImage> _decode = new ImageDecodingFactory().GetMapping();

    public ImageCheck(AppOptions options) => ImageDecoding.MaxImagePixels = options.MostPixels;

    /// <exception cref="Refusal">It is no image, or too large a one, or damaged.</exception>
    public CheckedImage Check(byte[] bytes)
    {
        if (ImageFormat.Of(bytes) is not { } format)
            throw new Refusal(StatusCodes.Status415UnsupportedMediaType, "That is no image: expected a JPEG, PNG, GIF, BMP or WebP file.");
        var decoded = new DecodedImage();
        try
        {
            _decode(new EncodedImage { Bytes = new VBuffer<byte>(bytes.Length, bytes) }, decoded);
            return new CheckedImage(bytes, format, decoded.Image!.Width, decoded.Image.Height);
        }
        catch (InvalidDataException error)
        {
            throw new Refusal(StatusCodes.Status422UnprocessableEntity, error.Message);
        }
        finally
        {
            decoded.Image?.Dispose();
        }
    }
}
