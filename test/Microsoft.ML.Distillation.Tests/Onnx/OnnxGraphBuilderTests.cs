using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

public class OnnxGraphBuilderTests
{
    private static OnnxGraphBuilder WithInput()
    {
        var graph = new OnnxGraphBuilder("net", "maker", "1.2.3");
        graph.AddInput("x", OnnxElementType.Float, "N", 3);
        return graph;
    }

    [Fact]
    public void ModelSaysWhatItIs()
    {
        var graph = WithInput();
        graph.AddOutput("y", graph.Relu("x"), OnnxElementType.Float, "N", 3);
        graph.AddMetadata("classes", "cat,dog");

        var file = OnnxModelFile.FromBytes(graph.ToBytes(), "net.onnx");

        Assert.Equal(8, file.Model.IrVersion);
        Assert.Equal(17, Assert.Single(file.OpsetVersions, o => o.Key == "").Value);
        Assert.Equal(("maker", "1.2.3", "net"), (file.Model.ProducerName, file.Model.ProducerVersion, file.Model.Graph.Name));
        Assert.Equal("cat,dog", file.Metadata["classes"]);
        Assert.Equal("'x' (Float N×3)", Assert.Single(file.Inputs).ToString());
        Assert.Equal("'y' (Float N×3)", Assert.Single(file.Outputs).ToString());
    }

    [Fact]
    public void InitialisersComeBackBitForBit()
    {
        float[] odd = [-0f, float.Epsilon, float.NaN, float.NegativeInfinity, BitConverter.Int32BitsToSingle(0x7FC12345), 1 / 3f];
        long[] numbers = [long.MinValue, -1, 0, long.MaxValue];
        var graph = WithInput();
        graph.AddInitializer("odd", odd, 2, 3);
        graph.AddInitializer("numbers", numbers, 4);
        graph.AddInitializer("none", ReadOnlySpan<float>.Empty, 0, 5);
        graph.AddOutput("y", "x", OnnxElementType.Float, "N", 3);

        var file = OnnxModelFile.FromBytes(graph.ToBytes(), "net.onnx");

        Assert.Equal(odd.Select(BitConverter.SingleToInt32Bits), file.ReadFloats("odd").Select(BitConverter.SingleToInt32Bits));
        Assert.Equal([2, 3], file.ReadShape("odd"));
        Assert.Equal(numbers, file.Initializers["numbers"].ToInt64s("net.onnx"));
        Assert.Empty(file.ReadFloats("none"));
        Assert.Equal([0, 5], file.ReadShape("none"));
    }

    [Fact]
    public void NamesFollowTheScopeAndStayUnique()
    {
        var graph = WithInput();
        var outside = graph.Relu("x");
        using (graph.EnterScope("layer1.0"))
        {
            Assert.Equal("layer1.0/act", graph.Relu(outside, "act"));
            using (graph.EnterScope("branch"))
                Assert.Equal("layer1.0/branch/relu", graph.Relu(outside));
            Assert.Equal("layer1.0/act_2", graph.Relu(outside, "act"));
            Assert.Equal("layer1.0/shape", graph.AddConstant("shape", 1, 2));
            Assert.Equal("layer1.0/shape_2", graph.AddConstant("shape", .5f));
        }
        Assert.Equal(["relu", "relu_2"], [outside, graph.Relu(outside)]);
        Assert.Equal(["split", "split.1"], graph.AddNode("Split", ["x"], outputs: 2, attributes: OnnxAttribute.Int("axis", 0)));
    }

    [Fact]
    public void OmittedInputsAreEmptyInsideAndAbsentAtTheEnd()
    {
        var graph = WithInput();
        graph.AddOutput("y", graph.Clip("x", null, 6), OnnxElementType.Float, "N", 3);
        graph.AddOutput("z", graph.Clip("x", 0, null), OnnxElementType.Float, "N", 3);

        var nodes = graph.Build().Graph.Node.Where(n => n.OpType == "Clip").ToList();

        Assert.Equal(["x", "", "max"], nodes[0].Input);
        Assert.Equal(["x", "min"], nodes[1].Input);
    }

    [Fact]
    public void BuildIsASnapshot()
    {
        var graph = WithInput();
        graph.AddOutput("y", graph.Relu("x"), OnnxElementType.Float, "N", 3);
        var before = graph.Build();
        graph.AddOutput("z", graph.Relu("x"), OnnxElementType.Float, "N", 3);

        Assert.Single(before.Graph.Output);
        Assert.Equal(2, graph.Build().Graph.Output.Count);
    }

    [Fact]
    public void UnknownInputsAreNamedWithTheirReader()
    {
        var graph = WithInput();
        using var scope = graph.EnterScope("layer1");

        Assert.Equal(
            "Node 'layer1/add' (Add) reads 'w', but graph 'net' has no input, initialiser or earlier node result of that name. Add it first, or check the spelling.",
            Assert.Throws<ArgumentException>(() => graph.Add("x", "w")).Message);
        Assert.StartsWith("Output 'y' reads 'w', but", Assert.Throws<ArgumentException>(() => graph.AddOutput("y", "w", OnnxElementType.Float)).Message);
    }

    [Fact]
    public void NamesAreGivenOnce()
    {
        var graph = WithInput();
        graph.AddOutput("y", "x", OnnxElementType.Float, "N", 3);
        graph.AddMetadata("key", "");

        Assert.Equal(
            "Input 'x': graph 'net' already has an input, initialiser, output or node result of that name. Choose another name.",
            Assert.Throws<ArgumentException>(() => graph.AddInput("x", OnnxElementType.Float)).Message);
        Assert.StartsWith("Initialiser 'x': ", Assert.Throws<ArgumentException>(() => graph.AddInitializer("x", [1f], 1)).Message);
        Assert.StartsWith("Output 'y': ", Assert.Throws<ArgumentException>(() => graph.AddOutput("y", "x", OnnxElementType.Float)).Message);
        Assert.Equal(
            "Metadata 'key' is already in graph 'net'. Add each key once.", Assert.Throws<ArgumentException>(() => graph.AddMetadata("key", "b")).Message);
    }

    [Fact]
    public void InitialisersFillTheirShape() =>
        Assert.Equal(
            "Tensor 'w' was given 3 values for the shape 2×2. Give as many as the shape holds.",
            Assert.Throws<ArgumentException>(() => WithInput().AddInitializer("w", [1f, 2, 3], 2, 2)).Message);

    [Fact]
    public void AGraphNeedsAnOutput() =>
        Assert.Equal(
            "Graph 'net' has no output, so nothing could be read from it. Call AddOutput before Build.",
            Assert.Throws<InvalidOperationException>(() => WithInput().Build()).Message);
}
