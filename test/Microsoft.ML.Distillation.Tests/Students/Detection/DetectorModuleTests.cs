using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

public class DetectorModuleTests
{
    // Both sides compute in float64: a few rounding errors (1e-16) for each of some hundred layers, and cancellation in sums over thousands of values.
    private const double Exact = 1e-9;

    public static TheoryData<string> Names => ["yolov5", "retinanet"];

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatPyTorchDoesAtAnySize(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name, ScalarType.Float64);
        foreach (var view in Case(name).Views)
        {
            var output = module.call(Image(view.Shape));
            var (boxes, scores) = module.Decode(output);

            CompareHeads(view.Heads, output);
            Assert.Equal(view.NeckShapes, output.Neck.Select(m => m.shape));
            Assert.Equal(view.BackboneShapes, output.Backbone.Select(m => m.shape));
            Numbers.Close(view.Neck, output.Neck.Select(m => m.sum().item<double>()), Exact);
            Numbers.Close(view.Backbone, output.Backbone.Select(m => m.sum().item<double>()), Exact);
            // Anchors and places are float32: a relative error of 6e-8 in the boxes.
            Numbers.Close(view.Boxes, DetectorGolden.Sampled(boxes), 2e-7);
            Numbers.Close(view.Scores, DetectorGolden.Sampled(scores), Exact);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItLearnsWhatPyTorchDoes(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Case(name);
        using var module = DetectorGolden.CreateModule(name, ScalarType.Float64);
        module.train();

        var output = module.call(Image(golden.Views[0].Shape));
        output.Levels.SelectMany(DetectorGolden.Heads)
            .Select((head, i) => (head * tensor(StudentGolden.Uniform($"probe {i}", head.shape), head.shape)).sum())
            .Aggregate((a, b) => a + b).backward();

        CompareHeads(golden.TrainingHeads, output);
        var gradients = module.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.grad!.norm().item<double>());
        Assert.Equal(golden.Gradients.Keys.Order(StringComparer.Ordinal), gradients.Keys.Order(StringComparer.Ordinal));
        Numbers.Close(golden.Gradients.Values, golden.Gradients.Keys.Select(k => gradients[k]), Exact);
        Assert.All(gradients, g => Assert.True(g.Value > 0, g.Key));
        var statistics = module.named_buffers().ToDictionary(b => b.Item1, b => b.Item2.sum().item<double>());
        Numbers.Close(golden.Statistics.Values, golden.Statistics.Keys.Select(k => statistics[k]), Exact);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StagesDeclareTheShapesOfTheMaps(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name);

        var output = module.call(zeros(1, 3, 96, 160));

        foreach (var (info, map) in module.BackboneStages.Zip(output.Backbone).Concat(module.NeckStages.Zip(output.Neck)))
            Assert.Equal([1, info.Channels, (96 + info.Stride - 1) / info.Stride, (160 + info.Stride - 1) / info.Stride], map.shape);
        foreach (var ((info, level), i) in module.NeckStages.Zip(output.Levels).Select((p, i) => (p, i)))
        {
            var cells = module.Anchors.Cells(i, new(160, 96));
            Assert.Equal(info.Stride, module.Anchors.Strides[i]);
            Assert.Equal([1, module.Anchors.PerCell, cells.Height, cells.Width, 4], level.Boxes.shape);
            Assert.Equal([1, module.Anchors.PerCell, cells.Height, cells.Width, 3], level.Classes.shape);
        }
        Assert.Equal((module.BackboneStages.Count, module.NeckStages.Count), (output.Backbone.Count, output.Neck.Count));
    }

    [Theory]
    [InlineData(640, 650, "A detector's images are 640×650; expected multiples of 32 across and down. Choose 640×640. (Parameter 'size')")]
    [InlineData(0, 40, "A detector's images are 0×40; expected multiples of 32 across and down. Choose 32×32. (Parameter 'size')")]
    public void SizesThatCannotBeHalvedFiveTimesAreRefused(int width, int height, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => DetectorModule.CheckSize(new(width, height))).Message);

    [Fact]
    public void AnchorsForOtherStridesAreRefused() => Assert.Equal(
        "Anchors are for strides 8, 16, 32, 64, 128; a YoloV5 has levels at 8, 16, 32. Give a list of anchors for each of these. (Parameter 'head')",
        Assert.Throws<ArgumentException>(() => ObjectDetector.YoloV5n.CreateBlank(2, AnchorSet.RetinaNet)).Message);

    [Fact]
    public void AYolosFirstWeightsAreThePublishedOnes()
    {
        using var module = ObjectDetector.YoloV5n.CreateModule(Modules.Classes(4), seed: 3);
        var weights = Modules.Weights(module);

        foreach (var (stride, level) in new[] { 8, 16, 32 }.Select((s, i) => (s, i)))
        {
            var cell = new double[] { 0, 0, 0, 0, Math.Log(8 / Math.Pow(640.0 / stride, 2)), .0, 0, 0, 0 };
            Array.Fill(cell, Math.Log(.6 / (4 - .99999)), 5, 4);
            Numbers.Within([.. cell, .. cell, .. cell], weights[$"head.{level}.bias"].Doubles(), 1e-6);
            var (bound, values) = (1 / Math.Sqrt(64 << level), weights[$"head.{level}.weight"]);
            Assert.All(values, v => Assert.InRange(v, -bound, bound));
            Assert.True(values.Max() > .9 * bound && values.Min() < -.9 * bound);
        }
    }

    [Fact]
    public void ARetinaNetsFirstWeightsAreThePublishedOnes()
    {
        using var module = ObjectDetector.RetinaNet(18, 32).CreateModule(Modules.Classes(4), seed: 3);
        var weights = Modules.Weights(module);

        Assert.All(weights["head.classes.4.bias"], v => Assert.Equal(-Math.Log(99), v, 1e-6));
        Assert.All(weights.Where(w => w.Key.StartsWith("head.boxes", StringComparison.Ordinal) && w.Key.EndsWith("bias", StringComparison.Ordinal)), w => Assert.All(w.Value, v => Assert.Equal(0, v)));
        // 32·32·9 values of deviation .01: four standard errors of a deviation, σ/√(2n).
        var values = weights["head.boxes.1.weight"].Doubles();
        Assert.InRange(Math.Sqrt(values.Average(v => v * v)), .01 * (1 - 4 / Math.Sqrt(2 * 9216)), .01 * (1 + 4 / Math.Sqrt(2 * 9216)));
        var bound = Math.Sqrt(3.0 / 128);
        Assert.All(weights["neck.inner3.weight"], v => Assert.InRange(v, -bound, bound));
        Assert.True(weights["neck.inner3.weight"].Max() > .9 * bound);
    }

    private static DetectorCase Case(string name) => DetectorGolden.Instance.Cases.Single(c => c.Name == name);

    private static Tensor Image(long[] shape) => tensor(StudentGolden.Image(shape), shape);

    private static void CompareHeads(double[][][] expected, DetectorOutput output)
    {
        Assert.Equal(expected.Length, output.Levels.Count);
        foreach (var (wanted, got) in expected.Zip(output.Levels))
        {
            Assert.Equal(wanted.Length, DetectorGolden.Heads(got).Length);
            foreach (var (values, head) in wanted.Zip(DetectorGolden.Heads(got)))
                Numbers.Close(values, DetectorGolden.Sampled(head), Exact);
        }
    }
}
