using System;
using System.IO;

namespace Microsoft.ML.Data;

/// <summary>An image in memory: four bytes a pixel, rows from top to bottom, colours premultiplied by alpha.</summary>
public sealed class MLImage : IDisposable
{
    private byte[] _pixels;
    private readonly int _width;
    private readonly int _height;
    private readonly MLPixelFormat _format;
    private string _tag;

    internal MLImage(int width, int height, MLPixelFormat format, byte[] pixels)
    {
        _width = width;
        _height = height;
        _format = format;
        _pixels = pixels;
    }

    public static MLImage CreateFromStream(Stream imageStream)
    {
        ArgumentNullException.ThrowIfNull(imageStream);
        byte[] pixels = ImageDecoder.TryDecode(ImageDecoder.ReadRest(imageStream), out int width, out int height, out string error);
        return pixels != null
            ? new MLImage(width, height, MLPixelFormat.Bgra32, pixels)
            : throw new ArgumentException($"Invalid input stream contents: {error}", nameof(imageStream));
    }

    public static MLImage CreateFromFile(string imagePath)
    {
        ArgumentNullException.ThrowIfNull(imagePath);
        if (!File.Exists(imagePath))
            throw new ArgumentException($"Invalid path: there is no file '{imagePath}'", nameof(imagePath));
        byte[] pixels = ImageDecoder.TryDecode(File.ReadAllBytes(imagePath), out int width, out int height, out string error);
        return pixels != null
            ? new MLImage(width, height, MLPixelFormat.Bgra32, pixels)
            : throw new ArgumentException($"Invalid path: '{imagePath}' holds no image: {error}", nameof(imagePath));
    }

    public static MLImage CreateFromPixels(int width, int height, MLPixelFormat pixelFormat, ReadOnlySpan<byte> imagePixelData)
    {
        if (pixelFormat is not (MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32))
            throw new ArgumentException($"Unsupported pixel format {pixelFormat}: Bgra32 or Rgba32 expected", nameof(pixelFormat));
        if (width <= 0)
            throw new ArgumentException($"Invalid width value {width}: at least 1 expected", nameof(width));
        if (height <= 0)
            throw new ArgumentException($"Invalid height value {height}: at least 1 expected", nameof(height));
        if (imagePixelData.Length != (long)width * height * 4)
            throw new ArgumentException(
                $"Invalid buffer size of {imagePixelData.Length} bytes: {width} x {height} pixels take {(long)width * height * 4}", nameof(imagePixelData));
        return new MLImage(width, height, pixelFormat, imagePixelData.ToArray());
    }

    public MLPixelFormat PixelFormat { get { ThrowIfDisposed(); return _format; } }

    public ReadOnlySpan<byte> Pixels { get { ThrowIfDisposed(); return _pixels; } }

    public string Tag
    {
        get { ThrowIfDisposed(); return _tag; }
        set { ThrowIfDisposed(); _tag = value; }
    }

    public int Width { get { ThrowIfDisposed(); return _width; } }

    public int Height { get { ThrowIfDisposed(); return _height; } }

    public int BitsPerPixel { get { ThrowIfDisposed(); return 32; } }

    /// <summary>Blue, green, red of every pixel, without alpha.</summary>
    public byte[] GetBGRPixels
    {
        get
        {
            ThrowIfDisposed();
            int blue = _format == MLPixelFormat.Bgra32 ? 0 : 2;
            var bgr = new byte[_width * _height * 3];
            for (int i = 0, o = 0; o < bgr.Length; i += 4, o += 3)
            {
                bgr[o] = _pixels[i + blue];
                bgr[o + 1] = _pixels[i + 1];
                bgr[o + 2] = _pixels[i + 2 - blue];
            }
            return bgr;
        }
    }

    /// <summary>Writes a file of the kind that the extension names.</summary>
    public void Save(string imagePath)
    {
        ThrowIfDisposed();
        byte[] file = Path.GetExtension(imagePath).ToLowerInvariant() switch
        {
            ".png" => ImageEncoder.Png(this),
            ".jpg" or ".jpeg" => ImageEncoder.Jpeg(this),
            ".webp" => throw new NotSupportedException($"'{imagePath}' can't be written here: this build has no WebP encoder. Save as .png or .jpg."),
            var extension => throw new ArgumentException(
                $"Saving an image with the extension '{extension}' is not supported ('{imagePath}'). Save as .png or .jpg.", nameof(imagePath)),
        };
        File.WriteAllBytes(imagePath, file);
    }

    public void Dispose() => _pixels = null;

    private void ThrowIfDisposed()
    {
        if (_pixels is null)
            throw new InvalidOperationException("Object is disposed.");
    }
}
