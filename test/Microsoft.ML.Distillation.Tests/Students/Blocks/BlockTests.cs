using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Blocks;

/// <summary>Each block's ONNX nodes compute what its module computes, and read initialisers named as in <c>state_dict</c>.</summary>
public class BlockTests
{
    public static TheoryData<string> Blocks =>
    [
        "3×3", "1×1 stride 2", "5×5 stride 2", "grouped", "biased", "norm", "norm with another ε", "dense", "plain", "strided", "wider", "list", "relu6", "hard swish",
        "activation", "global pool", "max pool 2", "max pool 3", "bottleneck", "strided bottleneck", "wide", "strided wide", "squeeze", "inverted",
        "added inverted", "squeezed inverted", "shuffle 1", "strided shuffle 1", "shuffle 2", "strided shuffle 2",
        "silu", "6×6 stride 2", "max pool 5 stride 1", "yolo unit", "added yolo unit", "csp", "pool pyramid", "tower",
    ];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void OnnxNodesComputeWhatTheModuleDoes(string which)
    {
        using var scope = NewDisposeScope();
        using var block = Create(which);
        Shake(block);
        long[] shape = which == "dense" ? [2, 4] : [2, 4, 7, 10];
        var input = Numbers.Gaussian((int)shape.Aggregate((a, b) => a * b), seed: 5);
        var expected = block.call(tensor(input, shape));

        var graph = new OnnxGraphBuilder("block");
        var output = block.WriteOnnx(graph, graph.AddInput("x", OnnxElementType.Float, [.. shape.Select(d => (OnnxDimension)d)]), "here");
        graph.AddOutput("y", output, OnnxElementType.Float, [.. expected.shape.Select(d => (OnnxDimension)d)]);
        var model = OnnxModelFile.FromBytes(graph.ToBytes(), "block");

        Numbers.Close(Numbers.Of(expected), Modules.RunOnnx(model.ToBytes(), input, shape, "y").Floats.Doubles(), 1e-5);
        Assert.Equal(block.state_dict().Keys.Select(k => $"here.{k}").Order(StringComparer.Ordinal), model.Initializers.Keys.Where(k => k.StartsWith("here.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void BatchNormRefusesToLearnFromOneValue()
    {
        using var scope = NewDisposeScope();
        using var norm = new BatchNorm(3);
        var one = tensor([1f, 2, 3], [1, 3, 1, 1]);

        Assert.Equal(
            "BatchNorm can't learn from one value a channel: the batch is a single image and its feature map 1×1. Use batches of two or more images, or larger images.",
            Assert.Throws<InvalidOperationException>(() => norm.call(one)).Message);
        Assert.Equal([0, 0, 0, 0, 0, 0], Numbers.Of(norm.call(one.expand(2, 3, 1, 1))));
        norm.eval();
        Assert.All(Numbers.Of(norm.call(one)), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void ATowerOverSeveralMapsIsInTheGraphOnce()
    {
        using var scope = NewDisposeScope();
        using var tower = new ConvTower(4, 3, 2);
        Shake(tower);
        var maps = new[] { (3, 5), (7, 2) }.Select((size, i) => (Shape: new long[] { 2, 4, size.Item1, size.Item2 }, Values: Numbers.Gaussian(8 * size.Item1 * size.Item2, i))).ToArray();
        var graph = new OnnxGraphBuilder("tower");
        var inputs = maps.Select((map, i) => graph.AddInitializer($"map{i}", map.Values, map.Shape)).ToList();
        var outputs = tower.WriteOnnx(graph, inputs, "here");
        var ignored = graph.AddInput("x", OnnxElementType.Float, 1);
        for (var i = 0; i < 2; i++)
            graph.AddOutput($"y{i}", graph.Add(outputs[i], ignored), OnnxElementType.Float, 2, 3, maps[i].Shape[2], maps[i].Shape[3]);
        var model = graph.ToBytes();

        for (var i = 0; i < 2; i++)
            Numbers.Close(Numbers.Of(tower.call(tensor(maps[i].Values, maps[i].Shape))), Modules.RunOnnx(model, [0], [1], $"y{i}").Floats.Doubles(), 1e-5);
        Assert.Equal(tower.state_dict().Keys.Count(), OnnxModelFile.FromBytes(model, "tower").Initializers.Keys.Count(k => k.StartsWith("here.", StringComparison.Ordinal)));
    }

    [Fact]
    public void BatchNormTakesItsMomentumsShareOfABatch()
    {
        using var scope = NewDisposeScope();
        using var norm = new BatchNorm(1, 1e-3, momentum: .03);

        norm.call(tensor([1f, 3], [2, 1, 1, 1]));

        // A mean of 2; an unbiased variance of 2.
        Numbers.Within([.03 * 2], Numbers.Of(norm.get_buffer("running_mean")), 1e-7);
        Numbers.Within([.97 + .03 * 2], Numbers.Of(norm.get_buffer("running_var")), 1e-7);
    }

    private static Block Create(string which) => which switch
    {
        "3×3" => new Conv(4, 6, 3, 1),
        "1×1 stride 2" => new Conv(4, 6, 1, 2),
        "5×5 stride 2" => new Conv(4, 2, 5, 2),
        "grouped" => new Conv(4, 6, 3, 1, groups: 2),
        "biased" => new Conv(4, 6, 3, 1, bias: true),
        "norm" => new BatchNorm(4),
        "norm with another ε" => new BatchNorm(4, .1),
        "dense" => new Dense(4, 3),
        "plain" => new BasicBlock(4, 4, 1),
        "strided" => new BasicBlock(4, 4, 2),
        "wider" => new BasicBlock(4, 6, 1),
        "list" => new BlockList(new Conv(4, 3, 3, 2), new BatchNorm(3), new BasicBlock(3, 5, 2)),
        "relu6" => new ConvNorm(4, 6, 3, activation: Activation.Relu6),
        "hard swish" => new ConvNorm(4, 4, 5, 2, Activation.HardSwish, groups: 4, bias: true, epsilon: 1e-3),
        "activation" => new BlockList(new BatchNorm(4), new Activate(Activation.Relu)),
        "global pool" => new GlobalPool(),
        "max pool 2" => new MaxPool(2),
        "max pool 3" => new MaxPool(3),
        "bottleneck" => new Bottleneck(4, 4, 1),
        "strided bottleneck" => new Bottleneck(4, 8, 2),
        "wide" => new WideBlock(4, 4, 1),
        "strided wide" => new WideBlock(4, 6, 2),
        "squeeze" => new SqueezeExcite(4, 3),
        "inverted" => new InvertedResidual(4, new MobileRow(3, 4, 6, 1, Activation.Relu, Expands: false), 1e-5),
        "added inverted" => new InvertedResidual(4, new MobileRow(5, 12, 4, 1, Activation.Relu6, Expands: true), 1e-5),
        "squeezed inverted" => new InvertedResidual(4, new MobileRow(3, 8, 4, 2, Activation.HardSwish, Expands: true, Squeezed: 2), 1e-3),
        "shuffle 1" => new BlockList(new ConvNorm(4, 24, 1), new ShuffleBlockV1(24, 24, 1, 3, 3)),
        "strided shuffle 1" => new ShuffleBlockV1(4, 16, 2, 1, 3),
        "shuffle 2" => new BlockList(new Activate(Activation.Relu), new ShuffleBlockV2(4)),
        "strided shuffle 2" => new ShuffleDownBlockV2(4, 8),
        "silu" => YoloConv.Create(4, 6, 3, 2),
        "6×6 stride 2" => YoloConv.Create(4, 6, 6, 2, padding: 2),
        "max pool 5 stride 1" => new MaxPool(5, 1),
        "yolo unit" => new YoloBottleneck(4, adds: false),
        "added yolo unit" => new YoloBottleneck(4, adds: true),
        "csp" => new CspBlock(4, 6, 2, adds: true),
        "pool pyramid" => new PoolPyramid(4, 6),
        "tower" => new ConvTower(4, 3, 2),
        _ => throw new ArgumentOutOfRangeException(nameof(which), which, "No such block."),
    };

    private static void Shake(Block block)
    {
        using var noGrad = no_grad();
        var salt = 10;
        foreach (var (name, values) in Modules.All(block))
        {
            var noise = tensor(Numbers.Gaussian((int)values.numel(), salt++), values.shape) * .3;
            values.copy_(name.EndsWith("running_var", StringComparison.Ordinal) ? noise.exp() : noise + .1);
        }
        block.eval();
    }
}
