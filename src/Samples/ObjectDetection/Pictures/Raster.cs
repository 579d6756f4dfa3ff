using Microsoft.ML.Data;

namespace Samples.ObjectDetection.Pictures;

/// <summary>A colour of a byte each.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>Colours that are told apart well, over and over.</summary>
    public static Colour Of(int place) => _wheel[place % _wheel.Length];

    // Okabe and Ito's, made for all kinds of colour vision, without black and white.
    private static readonly Colour[] _wheel =
    [
        new(230, 159, 0), new(86, 180, 233), new(0, 158, 115), new(240, 228, 66), new(213, 94, 0), new(204, 121, 167), new(0, 114, 178),
    ];

    public static Colour White => new(255, 255, 255);

    public static Colour Dark => new(24, 24, 28);
}

/// <summary>A picture of pixels that lines and rectangles are drawn on. What lies beyond its edges is cut off.</summary>
internal sealed class Raster
{
    private const int BytesPerPixel = 4;
    private readonly byte[] _rgba;

    public Raster(int width, int height, Colour ground)
    {
        (Width, Height, _rgba) = (width, height, new byte[width * height * BytesPerPixel]);
        Fill(0, 0, width, height, ground);
    }

    public int Width { get; }

    public int Height { get; }

    public Colour this[int x, int y] => new(_rgba[Place(x, y)], _rgba[Place(x, y) + 1], _rgba[Place(x, y) + 2]);

    /// <summary>Puts an image at the upper left, every pixel of it as a square of so many.</summary>
    public void Put(MLImage image, int times)
    {
        var pixels = image.Pixels;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var from = (y * image.Width + x) * BytesPerPixel;
                Fill(x * times, y * times, (x + 1) * times, (y + 1) * times, new Colour(pixels[from + red], pixels[from + 1], pixels[from + blue]));
            }
        }
    }

    /// <summary>Fills a rectangle; the right and lower edge lie outside.</summary>
    public void Fill(int x0, int y0, int x1, int y1, Colour colour)
    {
        for (var y = Math.Max(0, y0); y < Math.Min(Height, y1); y++)
        {
            for (var x = Math.Max(0, x0); x < Math.Min(Width, x1); x++)
                (_rgba[Place(x, y)], _rgba[Place(x, y) + 1], _rgba[Place(x, y) + 2], _rgba[Place(x, y) + 3]) = (colour.Red, colour.Green, colour.Blue, byte.MaxValue);
        }
    }

    /// <summary>Draws the edges of a rectangle, as thick as given, inwards.</summary>
    public void Frame(int x0, int y0, int x1, int y1, int thickness, Colour colour)
    {
        Fill(x0, y0, x1, y0 + thickness, colour);
        Fill(x0, y1 - thickness, x1, y1, colour);
        Fill(x0, y0, x0 + thickness, y1, colour);
        Fill(x1 - thickness, y0, x1, y1, colour);
    }

    /// <summary>Draws a line from one pixel to another, both drawn.</summary>
    public void Line(int x0, int y0, int x1, int y1, Colour colour)
    {
        var steps = Math.Max(1, Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0)));
        for (var i = 0; i <= steps; i++)
        {
            var (x, y) = (x0 + (int)Math.Round((double)(x1 - x0) * i / steps), y0 + (int)Math.Round((double)(y1 - y0) * i / steps));
            Fill(x, y, x + 1, y + 1, colour);
        }
    }

    public void SaveAsPng(string path)
    {
        using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, _rgba);
        image.Save(path);
    }

    private int Place(int x, int y) => (y * Width + x) * BytesPerPixel;
}
