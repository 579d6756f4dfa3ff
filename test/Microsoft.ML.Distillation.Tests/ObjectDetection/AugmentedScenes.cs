using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Images stored pixel by pixel with one rectangle each, in batches as training sees them.</summary>
internal static class AugmentedScenes
{
    public const int Width = 64, Height = 48;

    public static ImageSize Size => new(Width, Height);

    /// <summary>Rectangles of all classes and of many sizes, on images that are wide, high, or fill their stored pixels.</summary>
    public static DetectionData Data(int rows)
    {
        var (store, boxes, random) = (new PixelStore(Size, long.MaxValue, Path.GetTempPath()), new BoxStore(), new Random(17));
        for (var row = 0; row < rows; row++)
        {
            // One side as long as the input's: nothing is resampled.
            var letterbox = Letterbox.Of(row % 3 == 1 ? 30 : Width, row % 3 == 2 ? 28 : Height, Width, Height);
            var (w, h) = (6 + random.Next(letterbox.Width - 8), 6 + random.Next(letterbox.Height - 8));
            var (x, y) = (random.Next(letterbox.Width - w + 1), random.Next(letterbox.Height - h + 1));
            boxes.Add(letterbox, [row / 3 % 3], [x, y, x + w, y + h]);
            Paint(store.Add(PixelStore.NoLabel), row / 3 % 3, boxes.Boxes(row));
        }
        return new DetectionData(store, boxes);
    }

    /// <summary>All images of an epoch, in the order of the batches.</summary>
    public static List<Augmented> Epoch(DetectionData data, DetectionAugmentation augmentation, int epoch, int batch = 6, long seed = 1, int epochs = 100)
    {
        var images = new List<Augmented>();
        var renderer = new BatchRenderer(Size, augmentation, CPU);
        foreach (var prepared in new DetectionLoader(data, augmentation, batch, seed, epochs).Epoch(epoch))
        {
            using var scope = NewDisposeScope();
            var (pixels, targets) = renderer.Render(prepared);
            Assert.Equal([batch, 3, Height, Width], pixels.shape);
            Assert.Equal(TilePlacement.TargetLength, targets.shape[1]);
            var (planes, rows) = (Numbers.Floats(pixels).Chunk(3 * Width * Height).ToArray(), Numbers.Floats(targets).Chunk(TilePlacement.TargetLength).ToArray());
            images.AddRange(prepared.Rows.Select((row, i) => new Augmented(row, planes[i], [.. rows.Where(t => t[0] == i).Select(t => new Target((int)t[1], t[2], t[3], t[4], t[5]))])));
        }
        return images;
    }

    private static void Paint(Span<byte> planes, int channel, ReadOnlySpan<float> box)
    {
        for (var y = (int)box[1]; y < box[3]; y++)
            planes.Slice(channel * Width * Height + y * Width + (int)box[0], (int)(box[2] - box[0])).Fill(255);
    }
}

/// <summary>An image of a batch.</summary>
/// <param name="Planes">Red, green and blue planes, 0…255.</param>
internal sealed record Augmented(int Row, float[] Planes, Target[] Targets)
{
    // Brightness falls to 0.6 at the lowest; half of that is half of an object's edge.
    private const float Bright = 76;

    /// <summary>Class whose colour a pixel has; −1 for none. Changed colours keep their largest channel.</summary>
    public int Class(int x, int y)
    {
        var area = Planes.Length / 3;
        var place = y * AugmentedScenes.Width + x;
        var best = Enumerable.Range(0, 3).MaxBy(c => Planes[c * area + place]);
        return Planes[best * area + place] > Bright ? best : -1;
    }
}

internal sealed record Target(int Class, float X0, float Y0, float X1, float Y1)
{
    /// <summary>How far inside the box a pixel's centre is; negative outside.</summary>
    public float Depth(int x, int y) => Math.Min(Math.Min(x + .5f - X0, X1 - x - .5f), Math.Min(y + .5f - Y0, Y1 - y - .5f));
}
