using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Blocks;

/// <summary>Each block's ONNX nodes compute what its module computes, and read initialisers named as in <c>state_dict</c>.</summary>
public class BlockTests
{
    public static TheoryData<string> Blocks => ["3×3", "1×1 stride 2", "5×5 stride 2", "norm", "dense", "plain", "strided", "wider", "list"];

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
        Assert.Equal(block.state_dict().Keys.Select(k => $"here.{k}").Order(StringComparer.Ordinal), model.Initializers.Keys.Order(StringComparer.Ordinal));
    }

    private static Block Create(string which) => which switch
    {
        "3×3" => new Conv(4, 6, 3, 1),
        "1×1 stride 2" => new Conv(4, 6, 1, 2),
        "5×5 stride 2" => new Conv(4, 2, 5, 2),
        "norm" => new BatchNorm(4),
        "dense" => new Dense(4, 3),
        "plain" => new BasicBlock(4, 4, 1),
        "strided" => new BasicBlock(4, 4, 2),
        "wider" => new BasicBlock(4, 6, 1),
        "list" => new BlockList(new Conv(4, 3, 3, 2), new BatchNorm(3), new BasicBlock(3, 5, 2)),
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
