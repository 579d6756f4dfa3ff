using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class HeldOutScenesTests
{
    private static readonly string[] Classes = ["red", "green", "blue"];

    [Fact]
    public void WhoFindsAllIsWorthOneAndWhoFindsAQuarterLess()
    {
        using var data = AugmentedScenes.Data(10);

        Assert.Equal((1, 1), Measure(data, row => [Truth(data, row)]));
        Assert.Equal((0, 0), Measure(data, row => []));
        Assert.Equal((0, 0), Measure(data, row => [Truth(data, row) with { Class = (Truth(data, row).Class + 1) % 3 }]));
        var half = Measure(data, row => row % 2 == 0 ? [Truth(data, row)] : []);
        Assert.InRange(half.Map50, .3, .7);
    }

    // The rows' images don't fill their stored pixels: what reaches into the padding is cut, as it is at prediction.
    [Fact]
    public void WhatReachesIntoThePaddingIsCut()
    {
        using var data = AugmentedScenes.Data(30);
        DetectedObject[] Edge(int row, double more)
        {
            var (truth, image) = (Truth(data, row), data.Boxes.Letterbox(row));
            return truth.X + truth.Width == image.X + image.Width ? [truth with { Width = truth.Width + more }] : [truth];
        }

        Assert.Contains(Enumerable.Range(0, 30), row => Edge(row, 10)[0] != Truth(data, row) && data.Boxes.Letterbox(row).Width < AugmentedScenes.Width);
        Assert.Equal((1, 1), Measure(data, row => Edge(row, 50)));
    }

    // Surer than all that is right, it would halve the precision if it counted.
    [Fact]
    public void WhatLiesInThePaddingAloneIsDropped()
    {
        using var data = AugmentedScenes.Data(30);
        DetectedObject[] Padded(int row)
        {
            var (truth, image) = (Truth(data, row), data.Boxes.Letterbox(row));
            return image.Width < AugmentedScenes.Width ? [truth, truth with { X = image.X + image.Width + 1, Width = 2, Score = 1 }] : [truth];
        }

        Assert.Contains(Enumerable.Range(0, 30), row => Padded(row).Length == 2);
        Assert.Equal((1, 1), Measure(data, Padded));
    }

    [Fact]
    public void PixelsAndPlacesGoTogether()
    {
        using var all = AugmentedScenes.Data(10);
        using var data = all.Only([7, 2, 4]);
        var seen = new List<int>();

        new HeldOutScenes(data, Classes, batch: 2, CPU).Measure(
            (pixels, rows) =>
            {
                for (var i = 0; i < rows.Length; i++)
                    Assert.Equal(all.Pixels.Pixels(rows[i]).ToArray().Select(b => (float)b), Numbers.Floats(pixels[i]));
                seen.AddRange(rows);
                return [.. rows.Select(_ => Array.Empty<DetectedObject>())];
            },
            default);

        Assert.Equal([7, 2, 4], seen);
    }

    [Fact]
    public void ItStopsWhereItIsCancelled()
    {
        using var data = AugmentedScenes.Data(4);

        Assert.Throws<OperationCanceledException>(() => new HeldOutScenes(data, Classes, 2, CPU).Measure((_, rows) => [.. rows.Select(_ => Array.Empty<DetectedObject>())], new CancellationToken(true)));
    }

    private static DetectedObject Truth(DetectionData data, int row)
    {
        var box = data.Boxes.Boxes(row);
        return new DetectedObject(data.Boxes.Classes(row)[0], box[0], box[1], box[2] - box[0], box[3] - box[1], .9 - .001 * row);
    }

    private static (double Map50, double Map) Measure(DetectionData data, Func<int, DetectedObject[]> detect)
    {
        var metrics = new HeldOutScenes(data, Classes, batch: 4, CPU).Measure((_, rows) => [.. rows.Select(detect)], default);
        return (metrics.MeanAveragePrecision50, metrics.MeanAveragePrecision);
    }
}
