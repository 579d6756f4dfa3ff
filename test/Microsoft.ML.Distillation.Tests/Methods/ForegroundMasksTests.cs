using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class ForegroundMasksTests
{
    [Theory]
    [InlineData(1, 1, 3, ScalarType.Float64)]
    [InlineData(4, 6, 0, ScalarType.Float64)]
    [InlineData(5, 7, 4, ScalarType.Float64)]
    [InlineData(16, 12, 12, ScalarType.Float64)]
    [InlineData(16, 12, 12, ScalarType.Float32)]
    [InlineData(20, 20, 3 * ForegroundMasks.MapsAtOnce, ScalarType.Float64)]
    public void TheyAreWhatLoopsOverBoxesAndPlacesDraw(int height, int width, int most, ScalarType type)
    {
        const int Images = 12;
        var (input, random) = (new ImageSize(width * 8, height * 8), new Random(height * 100 + width));
        var boxes = Enumerable.Range(0, Images).Select(_ => Enumerable.Range(0, random.Next(most + 1)).Select(_ => Box(random, input)).ToArray()).ToArray();
        using var scope = NewDisposeScope();
        var rows = boxes.SelectMany((own, image) => own.Select(box => (double[])[image, 0, .. box])).ToArray();
        var targets = DetectionTargets.Create(tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, 6]), Images, CPU).To(type);

        var (foreground, background) = ForegroundMasks.Draw(targets.Padded(), height, width, input);

        for (var image = 0; image < Images; image++)
        {
            var expected = Reference(boxes[image], height, width, input);
            var tolerance = type == ScalarType.Float64 ? 1e-15 : 1e-7;
            Numbers.Within(expected.Foreground, Numbers.Of(foreground[image]), tolerance);
            Numbers.Within(expected.Background, Numbers.Of(background[image]), tolerance);
        }
    }

    [Fact]
    public void ABoxReachesOverTheCellsOfItsCornersAndWeighsOneOverThem()
    {
        using var scope = NewDisposeScope();
        var targets = DetectionTargets.Create(tensor(new float[] { 0, 0, 9, 9, 15, 16 }, [1, 6]), 1, CPU).Padded();

        var (foreground, background) = ForegroundMasks.Draw(targets, 4, 4, new ImageSize(32, 32));

        // From cell 1 to cell 2, the one whose low border the box's end touches.
        Assert.Equal([0, 0, 0, 0, 0, .25f, .25f, 0, 0, .25f, .25f, 0, 0, 0, 0, 0], Numbers.Floats(foreground));
        Assert.Equal(1, background.sum().item<float>(), 6);
    }

    // Whole pixels, halves, corners on the border, boxes beyond it on any side.
    private static double[] Box(Random random, ImageSize input)
    {
        var (x0, x1) = Side(input.Width);
        var (y0, y1) = Side(input.Height);
        return [x0, y0, x1, y1];

        (double Low, double High) Side(int pixels)
        {
            var low = random.Next(4) switch { 0 => 0, 1 => 8 * random.Next(pixels / 8), 2 => random.NextDouble() * pixels, _ => -random.Next(20) / 2.0 };
            return (low, random.Next(4) switch { 0 => pixels, 1 => pixels + 9.5, 2 => low + random.Next(1, 17), _ => low + random.NextDouble() * pixels });
        }
    }

    private static (double[] Foreground, double[] Background) Reference(double[][] boxes, int height, int width, ImageSize input)
    {
        var foreground = new double[height * width];
        foreach (var box in boxes)
        {
            var (left, right) = ((int)Math.Floor(box[0] * width / input.Width), (int)Math.Ceiling(box[2] * width / input.Width));
            var (top, bottom) = ((int)Math.Floor(box[1] * height / input.Height), (int)Math.Ceiling(box[3] * height / input.Height));
            for (var y = Math.Max(0, top); y <= Math.Min(height - 1, bottom); y++)
            {
                for (var x = Math.Max(0, left); x <= Math.Min(width - 1, right); x++)
                    foreground[y * width + x] = Math.Max(foreground[y * width + x], 1.0 / ((right - left + 1) * (bottom - top + 1)));
            }
        }
        var empty = foreground.Count(f => f == 0);
        return (foreground, [.. foreground.Select(f => f == 0 ? 1.0 / empty : 0)]);
    }
}
