using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OnnxEmbeddingChoiceTests
{
    [Theory]
    [InlineData("v", "Gemm:w")]
    [InlineData("v", "Gemm:w", "Softmax")]
    [InlineData("v", "MatMul:w", "Add:w", "Mul:w", "Softmax", "Identity")]
    [InlineData("n1", "Gemm:w", "Relu", "Gemm:w")] // of several layers the last
    [InlineData("v", "Conv:w", "Flatten")]
    [InlineData("n2", "Conv:w", "Relu", "GlobalAveragePool", "Flatten")] // scores of every place, averaged
    [InlineData("n0", "ReduceMean", "Reshape:w")] // a backbone
    public void TheVectorBeforeTheLastLayerWithWeightsIsTaken(string expected, params string[] operators) =>
        Assert.Equal(expected, Choose([.. operators]));

    [Fact]
    public void ABranchHasNone() => Assert.Null(Choose(["Relu", "Add:v"]));

    [Fact]
    public void ALinearMapOfThePixelsHasNone()
    {
        var graph = new GraphProto { Node = { new NodeProto { OpType = "Gemm", Input = { "x", "w" }, Output = { "y" } } } };

        Assert.Null(OnnxEmbeddingChoice.Choose(new OnnxDataFlow(graph, "x", ["y"]), "y"));
    }

    [Fact]
    public void WeightsMayComeFirst()
    {
        var graph = new GraphProto
        {
            Node = { new NodeProto { OpType = "Relu", Input = { "x" }, Output = { "v" } }, new NodeProto { OpType = "MatMul", Input = { "w", "v" }, Output = { "y" } } },
        };

        Assert.Equal("v", OnnxEmbeddingChoice.Choose(new OnnxDataFlow(graph, "x", ["y"]), "y"));
    }

    /// <summary>x → Relu → v, then the operators one after another, each with the other inputs after its colon; their results are n0, n1 and so on.</summary>
    private static string? Choose(List<string> operators)
    {
        var graph = new GraphProto { Node = { new NodeProto { OpType = "Relu", Input = { "x" }, Output = { "v" } } } };
        for (var i = 0; i < operators.Count; i++)
        {
            var parts = operators[i].Split(':');
            graph.Node.Add(new NodeProto { OpType = parts[0], Input = { i == 0 ? "v" : $"n{i - 1}", parts.ElementAtOrDefault(1) ?? "" }, Output = { $"n{i}" } });
        }
        var output = $"n{operators.Count - 1}";
        return OnnxEmbeddingChoice.Choose(new OnnxDataFlow(graph, "x", [output]), output);
    }
}
