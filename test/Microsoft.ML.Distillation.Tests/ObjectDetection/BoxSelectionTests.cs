using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class BoxSelectionTests
{
    [Theory]
    [InlineData(.25f, .45f, 100, 300)]
    [InlineData(.001f, .7f, 100, 300)]
    [InlineData(.001f, .1f, 5, 9)]
    [InlineData(.9f, 0, 3, 300)]
    public void ItKeepsWhatPlainLoopsKeep(float score, float iou, int perClass, int most)
    {
        const int Boxes = 120, Classes = 3;
        var suppression = new Suppression { ScoreThreshold = score, IouThreshold = iou, MaximumPerClass = perClass, Maximum = most };
        var (boxes, scores) = (Corners(2 * Boxes, seed: 1), Draw(2 * Boxes * Classes, seed: 2));

        var found = BoxSelection.Find(tensor(boxes, [2, Boxes, 4]), tensor(scores, [2, Boxes, Classes]), suppression);

        Assert.Equal(2, found.Count);
        for (var image = 0; image < 2; image++)
        {
            // Both go by the highest scores; loops suppress class by class, and only then count.
            var plain = PlainSuppression.Apply(boxes.AsSpan(4 * Boxes * image, 4 * Boxes), scores.AsSpan(Classes * Boxes * image, Classes * Boxes), Classes, suppression);
            Assert.NotEmpty(plain);
            Assert.Equal(plain.Select(p => (p.Label, p.Score)), found[image].Select(f => (f.Class, (float)f.Score)));
            Numbers.Within(plain.SelectMany(p => new double[] { p.X1, p.Y1, p.X2, p.Y2 }).ToArray(), found[image].SelectMany(f => new[] { f.X, f.Y, f.X + f.Width, f.Y + f.Height }).ToArray(), 1e-4);
        }
    }

    [Fact]
    public void AnObjectIsFoundBehindThousandsOfBetterBoxesOfAnother()
    {
        var boxes = cat([tensor(new float[] { 10, 10, 40, 40 }).repeat(5000, 1), tensor(new float[] { 60, 60, 90, 90 }).unsqueeze(0)], 0).unsqueeze(0);
        var scores = cat([full([5000, 1], .9f), full([1, 1], .5f)], 0).unsqueeze(0);

        Assert.Equal([10, 60], Assert.Single(BoxSelection.Find(boxes, scores, new Suppression())).Select(found => found.X));
    }

    [Fact]
    public void NothingSureIsNothingFound() =>
        Assert.Equal([0, 0], BoxSelection.Find(zeros(2, 5, 4), zeros(2, 5, 3), new Suppression()).Select(found => found.Length));

    private static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    private static float[] Corners(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).SelectMany(_ =>
        {
            var (x, y) = (50 * random.NextSingle(), 50 * random.NextSingle());
            return new[] { x, y, x + 5 + 30 * random.NextSingle(), y + 5 + 30 * random.NextSingle() };
        })];
    }
}
