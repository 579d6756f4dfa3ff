using Microsoft.ML.Data;
using Microsoft.ML.Distillation;

namespace Benchmarks;

/// <summary>An image of noise, made anew whenever it is asked for: transformers dispose of theirs.</summary>
internal sealed class NoiseRow(int number, ImageSize size)
{
    private readonly byte[] _pixels = Pixels(number, size);

    public string Label { get; init; } = Class(number);

    /// <summary>For a detector: the image's only object, which fills half of it.</summary>
    public string[] Labels { get; init; } = [Class(number)];

    public float[] BoundingBoxes { get; init; } = [0, 0, size.Width, size.Height / 2f];

    [AnySizeImage]
    public MLImage Image
    {
        get => MLImage.CreateFromPixels(size.Width, size.Height, MLPixelFormat.Rgba32, _pixels);
        set => throw new NotSupportedException("These images are read only.");
    }

    private static string Class(int number) => number % 2 == 0 ? "even" : "odd";

    private static byte[] Pixels(int number, ImageSize size)
    {
        var pixels = new byte[4 * size.Width * size.Height];
        new Random(number).NextBytes(pixels);
        return pixels;
    }
}
