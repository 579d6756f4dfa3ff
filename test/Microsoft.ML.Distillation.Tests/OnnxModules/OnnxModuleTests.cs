using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Graphs executed as TorchSharp operators against ONNX Runtime, and their gradients against those of the modules that they were exported from.</summary>
public class OnnxModuleTests
{
    private const int Side = 32, ClassCount = 5;

    public static TheoryData<string> Architectures => [.. ImageClassifier.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void EveryArchitectureComputesTheSameAsInOnnxRuntime(string name)
    {
        using var module = Modules.Worn(ImageClassifier.Parse(name), ClassCount);
        var onnx = StudentExporter.Standalone(module, Describe(name));
        using var runner = new OnnxRunner(onnx, name, threads: 1);
        using var executed = new OnnxModule(OnnxModelFile.FromBytes(onnx, name), "image", ["probabilities", "logits"], trains: false);
        Assert.Empty(executed.parameters());
        foreach (var batch in new[] { 1, 3, 8 })
        {
            var pixels = Modules.Pixels(batch * 3 * Side * Side, seed: batch);
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();

            var values = executed.call(tensor(pixels, [batch, 3, Side, Side]));

            var expected = runner.Run(pixels, [batch, 3, Side, Side], ["logits", "probabilities"]);
            Numbers.Close(expected[0].Floats.Doubles(), Numbers.Of(values["logits"]), 1e-4);
            Numbers.Close(expected[1].Floats.Doubles(), Numbers.Of(values["probabilities"]), 1e-4);
        }
    }

    [Theory]
    [InlineData("resnet8", false)]
    [InlineData("resnet8", true)]
    [InlineData("mobilenet_v3_small", false)]
    [InlineData("shufflenet_v1_cifar", false)]
    public void GradientsAreThoseOfTheModuleItself(string name, bool training)
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.Parse(name), ClassCount);
        var traced = StudentExporter.Traced(module, Describe(name));
        using var executed = new OnnxModule(OnnxModelFile.FromProto(traced.Model, name), traced.Pixels, ["logits"], trains: true);
        module.train(training);
        executed.train(training);
        var (first, second) = (tensor(Numbers.Gaussian(2 * 3 * Side * Side, 1), [2, 3, Side, Side]).requires_grad_(), tensor(Numbers.Gaussian(2 * 3 * Side * Side, 1), [2, 3, Side, Side]).requires_grad_());

        var labels = tensor(new long[] { 1, 4 });
        nn.functional.cross_entropy(module.call(first).Logits!, labels).backward();
        nn.functional.cross_entropy(executed.call(second)["logits"], labels).backward();

        Numbers.Close(Numbers.Of(first.grad!), Numbers.Of(second.grad!), 1e-4);
        Assert.Equal(module.named_parameters().Select(p => p.Item1).Order(), executed.Trained.Keys.Order());
        foreach (var (weight, parameter) in module.named_parameters())
            Assert.InRange(Distance(Numbers.Of(parameter.grad!), Numbers.Of(executed.Trained[weight].grad!)), 0, 1e-3);
        // BatchNorm's statistics, which training moves.
        foreach (var (statistic, values) in module.named_buffers().Where(b => b.Item1.Contains("running", StringComparison.Ordinal)))
            Numbers.Close(Numbers.Of(values), Numbers.Of(executed.Changed[statistic]), 1e-5);
    }

    // A YOLO's statistics move by .03, not by the .1 of others.
    [Theory]
    [InlineData("yolov5")]
    [InlineData("retinanet")]
    public void ADetectorsStatisticsMoveAsItsOwn(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name);
        var size = new ImageSize(64, 64);
        var traced = DetectorExporter.Traced(module, new(name, Modules.Classes(3), size, size, ImageNormalization.ImageNet, "IsoPad"), new Suppression());
        using var executed = new OnnxModule(OnnxModelFile.FromProto(traced.Model, name), traced.Pixels, traced.Network.Neck, trains: true);
        module.train();
        executed.train();
        var input = tensor(Numbers.Gaussian(2 * 3 * 64 * 64, 1), [2, 3, 64, 64]);

        module.call(input);
        executed.call(input);

        var statistics = module.named_buffers().Where(b => b.Item1.Contains("running", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(statistics);
        foreach (var (statistic, values) in statistics)
            Numbers.Close(Numbers.Of(values), Numbers.Of(executed.Changed[statistic]), 1e-5);
    }

    [Theory]
    [InlineData("foreign.onnx")]
    [InlineData("inner_9.onnx")]
    [InlineData("inner_13.onnx")]
    [InlineData("inner_17.onnx")]
    [InlineData("torchvision.onnx")]
    [InlineData("batch.onnx")]
    public void FilesOfOtherExportersComputeTheSame(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", name);
        var file = OnnxModelFile.FromPath(path);
        var output = file.Outputs[0].Name;
        var shape = file.Inputs[0].Dimensions!.Select((d, i) => d.Size ?? (i == 0 ? 3 : i == 1 ? 3 : 32)).ToArray();
        var pixels = Numbers.Gaussian((int)shape.Aggregate((a, b) => a * b), 1);
        using var runner = new OnnxRunner(File.ReadAllBytes(path), name, threads: 1);
        using var scope = NewDisposeScope();
        using var executed = new OnnxModule(file, file.Inputs[0].Name, [output], trains: false);

        var expected = runner.Run(pixels, shape, [output])[0];

        var actual = executed.call(tensor(pixels, shape))[output];
        Assert.Equal(expected.Shape, actual.shape);
        Numbers.Close(expected.Floats.Doubles(), Numbers.Of(actual), 1e-4);
    }

    [Fact]
    public void InnerTensorsAreGivenAndMayBeReplaced()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.Parse("resnet8"), ClassCount);
        var traced = StudentExporter.Traced(module, Describe("resnet8"));
        using var executed = new OnnxModule(OnnxModelFile.FromProto(traced.Model, "resnet8"), traced.Pixels, traced.Network.Features, trains: true);
        executed.eval();
        var input = tensor(Numbers.Gaussian(2 * 3 * Side * Side, 1), [2, 3, Side, Side]);

        var plain = executed.Run(input);
        var halved = executed.Run(input, made: (name, value) => name == traced.Network.Features[^1] ? value / 2 : value);
        var without = executed.Run(input, constant: name => name.StartsWith("layer3.", StringComparison.Ordinal) && name.EndsWith("conv2.weight", StringComparison.Ordinal) ? zeros_like(executed.Trained[name]) : null);

        Assert.Equal(traced.Network.Features, plain.Keys.Where(traced.Network.Features.Contains));
        Numbers.Close(Numbers.Of(plain[traced.Network.Features[^1]] / 2), Numbers.Of(halved[traced.Network.Features[^1]]), 1e-6);
        Assert.Equal(Numbers.Of(plain[traced.Network.Features[1]]), Numbers.Of(without[traced.Network.Features[1]]));
        Assert.NotEqual(Numbers.Of(plain[traced.Network.Features[^1]]), Numbers.Of(without[traced.Network.Features[^1]]));
        // What nobody asked for is gone.
        Assert.Equal([traced.Pixels, .. traced.Network.Features], plain.Keys);
    }

    [Fact]
    public void AllUnsupportedNodesAreNamedAtOnce()
    {
        var graph = new OnnxGraphBuilder("odd");
        graph.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8);
        var y = graph.AddNode("Hardmax", ["x"]);
        y = graph.AddNode("LpPool", [y], "neck/pool", OnnxAttribute.Ints("kernel_shape", [2, 2])!);
        y = graph.AddNode("Pad", [y, graph.AddConstant("pads", 0L, 0, 1, 1, 0, 0, 1, 1)], null, OnnxAttribute.String("mode", "wrap"));
        for (var i = 0; i < 4; i++)
            y = graph.AddNode("Celu", [y]);
        graph.AddOutput("y", graph.AddNode("Hardmax", [y]), OnnxElementType.Float, "N", 3, 9, 9);
        var file = OnnxModelFile.FromBytes(graph.ToBytes(), "odd.onnx");
        file.Model.Graph.Node[0].Name = ""; // some exporters name none

        var error = Assert.Throws<NotSupportedException>(() => new OnnxModule(file, "x", ["y"], trains: false));

        Assert.Equal(
            "odd.onnx can't be executed as TorchSharp operators: nodes 'celu', 'celu_2', 'celu_3' and 1 more (Celu); nodes of 'hardmax', 'hardmax_2' (Hardmax); node 'neck/pool' (LpPool); "
            + "node 'pad' (Pad with mode wrap) aren't supported. Run it in ONNX Runtime, which gives no gradients, or export it without.",
            error.Message);
    }

    [Fact]
    public void ANodeThatFailsIsNamed()
    {
        var graph = new OnnxGraphBuilder("odd");
        graph.AddInput("x", OnnxElementType.Float, "N", 3, "H", "W");
        graph.AddOutput("y", graph.AddNode("Reshape", ["x", graph.AddConstant("shape", -1L, 50)], "head/rows"), OnnxElementType.Float, "N", 50);
        using var executed = new OnnxModule(OnnxModelFile.FromBytes(graph.ToBytes(), "odd.onnx"), "x", ["y"], trains: false);
        using var scope = NewDisposeScope();

        var error = Assert.Throws<InvalidOperationException>(() => executed.call(zeros(1, 3, 4, 4)));

        Assert.StartsWith("odd.onnx: node 'head/rows' (Reshape) failed as a TorchSharp operator, given 1×3×4×4 (Float32), 2 (Int64): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatFollowsFromSizesFollowsEverySize()
    {
        var graph = new OnnxGraphBuilder("sizes");
        graph.AddInput("x", OnnxElementType.Float, "N", 3, "H", "W");
        var shape = graph.AddNode("Shape", ["x"]);
        var range = graph.AddNode("Range", [graph.AddInitializer("zero", new long[] { 0 }), graph.AddNode("Squeeze", [graph.Gather(shape, [3], 0)]), graph.AddInitializer("one", new long[] { 1 })]);
        graph.AddOutput("y", graph.Add("x", graph.Cast(range, OnnxElementType.Float)), OnnxElementType.Float, "N", 3, "H", "W");
        graph.AddOutput("columns", range, OnnxElementType.Int64, "W");
        var bytes = graph.ToBytes();
        using var runner = new OnnxRunner(bytes, "sizes", threads: 1);
        using var executed = new OnnxModule(OnnxModelFile.FromBytes(bytes, "sizes"), "x", ["y", "columns"], trains: false);
        foreach (long[] size in (long[][])[[2, 3, 4, 5], [2, 3, 4, 5], [1, 3, 7, 6], [2, 3, 4, 5]])
        {
            using var scope = NewDisposeScope();
            var pixels = Numbers.Gaussian((int)size.Aggregate((a, b) => a * b), 3);

            var values = executed.call(tensor(pixels, size));

            var expected = runner.Run(pixels, size, ["y", "columns"]);
            Numbers.Close(expected[0].Floats.Doubles(), Numbers.Of(values["y"]), 1e-6);
            Assert.Equal(expected[1].Integers, values["columns"].data<long>().ToArray());
        }
    }

    // A size that the numbers of the image decide is not that of the image before.
    [Fact]
    public void WhatFollowsFromTheImageFollowsEveryImage()
    {
        var graph = new OnnxGraphBuilder("kept");
        graph.AddInput("x", OnnxElementType.Float, 1, 6);
        var count = graph.Reshape(graph.AddNode("ArgMax", ["x"], null, OnnxAttribute.Int("axis", 1), OnnxAttribute.Int("keepdims", 0)), [1]);
        var kept = graph.AddNode("Slice", ["x", graph.AddConstant("from", 0L), count, graph.AddConstant("axis", 1L)]);
        graph.AddOutput("y", graph.Cast(graph.AddNode("Shape", [kept]), OnnxElementType.Float), OnnxElementType.Float, 2);
        var bytes = graph.ToBytes();
        using var executed = new OnnxModule(OnnxModelFile.FromBytes(bytes, "kept"), "x", ["y"], trains: false);
        foreach (var greatest in new[] { 2, 4 })
        {
            using var scope = NewDisposeScope();

            var values = executed.call(nn.functional.one_hot(tensor(new long[] { greatest }), 6).to(ScalarType.Float32));

            Assert.Equal([1, greatest], Numbers.Of(values["y"]));
        }
    }

    private static StudentDescription Describe(string name) => new(name, Modules.Classes(ClassCount), new(Side, Side), new(Side, Side), ImageNormalization.ImageNet, "Fill");

    private static double Distance(double[] expected, double[] actual) => Math.Sqrt(expected.Zip(actual).Sum(p => Math.Pow(p.First - p.Second, 2)) / (expected.Sum(v => v * v) + 1e-12));
}
