using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Benchmarks;

/// <summary>A noisy square with a tint that is its class.</summary>
internal sealed class SoakRow(byte[] rgba, string label)
{
    private const int Side = 8;
    private static readonly string[] Classes = ["red", "green", "blue"];

    public string Label { get; } = label;

    // Made anew whenever it is asked for: whoever reads it disposes it.
    [ImageType(Side, Side)]
    public MLImage Image => MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, rgba);

    public static IReadOnlyList<SoakRow> Draw(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(i => Draw(random, i % Classes.Length))];
    }

    private static SoakRow Draw(Random random, int tinted)
    {
        var rgba = new byte[4 * Side * Side];
        for (var i = 0; i < rgba.Length; i++)
            rgba[i] = i % 4 == 3 ? (byte)255 : (byte)(random.Next(200) + (i % 4 == tinted ? 45 : 0));
        return new SoakRow(rgba, Classes[tinted]);
    }
}
