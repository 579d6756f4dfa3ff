using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

/// <summary>The graph's suppression against loops. Its input holds four corners and C scores a box.</summary>
public class SuppressionNodesTests
{
    private const int Classes = 3;

    public static TheoryData<int, int, float, float, int, int, bool> Cases => new()
    {
        // images, boxes, score, IoU, per class, in all, ties
        { 1, 60, .3f, .45f, 100, 300, false },
        { 3, 60, .3f, .45f, 100, 300, false },
        { 8, 40, .5f, .2f, 100, 10, false },
        { 2, 60, .1f, .6f, 3, 300, false },
        { 2, 60, .1f, .6f, 4, 5, false },
        { 3, 60, .2f, .5f, 100, 300, true },
        { 2, 60, .05f, 1f, 1000, 20, true }, // none hides another: many of one score compete for 20 places
        { 1, 1, .5f, .5f, 1, 1, false },
        { 2, 30, 0f, 0f, 100, 300, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void WhatIsLeftIsWhatLoopsLeave(int images, int boxes, float score, float iou, int perClass, int maximum, bool ties)
    {
        var settings = new Suppression { ScoreThreshold = score, IouThreshold = iou, MaximumPerClass = perClass, Maximum = maximum };
        var input = Draw(images, boxes, ties, seed: images * 100 + boxes + perClass);

        var found = Run(input, images, boxes, settings);

        var expected = Enumerable.Range(0, images).Select(i => Plain(input, i, boxes, settings)).ToList();
        Assert.Equal(expected, found);
        if (boxes > 1)
            Assert.All(expected, e => Assert.NotEmpty(e));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NothingFoundIsAnAnswer(int images)
    {
        var settings = new Suppression { ScoreThreshold = 1 };

        Assert.All(Run(Draw(images, 20, ties: false, seed: 1), images, 20, settings), Assert.Empty);
    }

    [Fact]
    public void AnImageWithoutObjectsKeepsItsPlaceInTheBatch()
    {
        var settings = new Suppression { ScoreThreshold = .3f };
        var input = Draw(4, 20, ties: false, seed: 1);
        foreach (var image in new[] { 0, 2 })
            BlankScores(input.AsSpan(image * 20 * (4 + Classes), 20 * (4 + Classes)));

        var found = Run(input, 4, 20, settings);

        Assert.Equal([true, false, true, false], found.Select(f => f.Count == 0));
        Assert.Equal(Plain(input, 3, 20, settings), found[3]);
    }

    [Fact]
    public void PlacesPastTheCountHoldZerosAndNoClass()
    {
        var settings = new Suppression { ScoreThreshold = .3f, Maximum = 50 };
        using var runner = new OnnxRunner(Model(20, settings), "suppression", threads: 1);
        var results = runner.Run(Draw(2, 20, ties: false, seed: 2), [2, 20, 4 + Classes]).ToDictionary(r => r.Name);

        for (var image = 0; image < 2; image++)
        {
            var count = (int)results["count"].Integers[image];
            Assert.InRange(count, 1, 49);
            Assert.All(results["boxes"].Floats[((image * 50 + count) * 4)..((image + 1) * 200)], v => Assert.Equal(0, v));
            Assert.All(results["scores"].Floats[(image * 50 + count)..((image + 1) * 50)], v => Assert.Equal(0, v));
            Assert.All(results["labels"].Integers[(image * 50 + count)..((image + 1) * 50)], v => Assert.Equal(-1, v));
        }
    }

    [Fact]
    public void AllFaultsAreReportedTogether() => Assert.Equal(
        string.Join(
            Environment.NewLine, "Suppression of boxes: 4 faults.",
            "  - ScoreThreshold is -1; it must be in 0…1.",
            "  - IouThreshold is NaN; it must be in 0…1.",
            "  - MaximumPerClass is 0; it must be at least 1.",
            "  - Maximum is -3; it must be at least 1. (Parameter 'suppression')"),
        Assert.Throws<ArgumentException>(() => new Suppression { ScoreThreshold = -1, IouThreshold = float.NaN, MaximumPerClass = 0, Maximum = -3 }.Check()).Message);

    private static List<List<Found>> Run(float[] input, int images, int boxes, Suppression settings)
    {
        using var runner = new OnnxRunner(Model(boxes, settings), "suppression", threads: 1);
        return Detections.Read(runner.Run(input, [images, boxes, 4 + Classes]));
    }

    private static byte[] Model(int boxes, Suppression settings)
    {
        var graph = new OnnxGraphBuilder("suppression");
        var input = graph.AddInput("x", OnnxElementType.Float, "N", boxes, 4 + Classes);
        var found = SuppressionNodes.Write(graph, graph.Slice(input, [0], [4], axes: [2]), graph.Slice(input, [4], [4 + Classes], axes: [2]), settings);
        graph.AddOutput("boxes", found.Boxes, OnnxElementType.Float, "N", settings.Maximum, 4);
        graph.AddOutput("scores", found.Scores, OnnxElementType.Float, "N", settings.Maximum);
        graph.AddOutput("labels", found.Labels, OnnxElementType.Int64, "N", settings.Maximum);
        graph.AddOutput("count", found.Count, OnnxElementType.Int64, "N");
        return graph.ToBytes();
    }

    /// <summary>Boxes that overlap often; with ties corners and scores are multiples of 4 and .1, so that scores and overlaps are often equal.</summary>
    private static float[] Draw(int images, int boxes, bool ties, int seed)
    {
        var random = new Random(seed);
        var input = new List<float>();
        for (var i = 0; i < images * boxes; i++)
        {
            var (x, y, w, h) = (Length(40, 0), Length(40, 0), Length(30, 4), Length(30, 4));
            input.AddRange([x, y, x + w, y + h]);
            for (var c = 0; c < Classes; c++)
                input.Add(ties ? random.Next(10) / 10f : (float)random.NextDouble());
        }
        return [.. input];

        float Length(int range, int least) => least + (ties ? 4 * random.Next(range / 4) : (float)(range * random.NextDouble()));
    }

    private static List<Found> Plain(float[] input, int image, int boxes, Suppression settings)
    {
        var rows = input.Chunk(4 + Classes).Skip(image * boxes).Take(boxes).ToList();
        return PlainSuppression.Apply(rows.SelectMany(r => r[..4]).ToArray(), rows.SelectMany(r => r[4..]).ToArray(), Classes, settings);
    }

    private static void BlankScores(Span<float> rows)
    {
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i % (4 + Classes) < 4 ? rows[i] : 0;
    }
}
