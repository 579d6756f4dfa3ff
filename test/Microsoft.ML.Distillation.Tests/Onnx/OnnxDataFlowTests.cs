using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

public class OnnxDataFlowTests
{
    [Fact]
    public void WhatAShortcutBypassesIsNoBottleneck()
    {
        var flow = Flow("a:Conv:x w", "b:Conv:a w", "c:Relu:b", "d:Add:c a", "e:Relu:d");

        Assert.Equal(["a", "b", "c", "d", "e"], flow.Tensors.Select(t => t.Name));
        Assert.Equal(["a", "d", "e"], flow.Tensors.Where(t => t.Bottleneck).Select(t => t.Name));
    }

    [Fact]
    public void AShortcutFromTheInputLeavesNoneBeforeItsEnd() =>
        Assert.Equal(["e"], Flow("a:Conv:x w", "b:Relu:a", "e:Add:b x").Tensors.Where(t => t.Bottleneck).Select(t => t.Name));

    [Fact]
    public void WhatDoesNotLeadToTheResultIsLeftOut() => Assert.Equal(["a", "e"], Flow("a:Conv:x w", "aux:Conv:a w", "e:Relu:a").Tensors.Select(t => t.Name));

    [Fact]
    public void WeightsAndSizesAreNoData()
    {
        var flow = Flow("v:Mul:w w", "a:Conv:x v", "s:Shape:a", "n:Gather:s w", "b:Relu:a", "e:Reshape:b n");

        Assert.Equal(["a", "b", "e"], flow.Tensors.Select(t => t.Name));
        Assert.All(flow.Tensors, t => Assert.True(t.Bottleneck, $"{t.Name} is bypassed."));
        Assert.Null(flow.Maker("x"));
        Assert.Null(flow.Maker("n"));
        Assert.Equal("Reshape", flow.Maker("e")!.OpType);
    }

    [Fact]
    public void BranchesWithinANodeReadToo()
    {
        var model = Graph("a:Conv:x w", "b:Relu:a", "e:If:c");
        model.Node[^1].Attribute.Add(new AttributeProto { Name = "then_branch", G = new GraphProto { Node = { Node("t:Add:b a") } } });

        var flow = new OnnxDataFlow(model, "x", ["e"]);

        Assert.Equal(["a", "b"], flow.CarriedInputs(model.Node[^1]).Order(StringComparer.Ordinal));
        Assert.Equal([("a", true), ("b", false), ("e", true)], flow.Tensors.Select(t => (t.Name, t.Bottleneck)));
    }

    [Fact]
    public void ConvolutionsMarkWhatComesAfterThem() => Assert.Equal(
        [("a", false), ("b", true), ("e", true)], Flow("a:Sub:x w", "b:QLinearConv:a w", "e:Add:b a").Tensors.Select(t => (t.Name, t.Convolved)));

    private static OnnxDataFlow Flow(params string[] nodes) => new(Graph(nodes), "x", ["e"]);

    /// <summary>A graph of nodes written as result:operator:inputs.</summary>
    private static GraphProto Graph(params string[] nodes) => new() { Node = { nodes.Select(Node) } };

    private static NodeProto Node(string text)
    {
        var parts = text.Split(':');
        return new NodeProto { Output = { parts[0] }, OpType = parts[1], Input = { parts[2].Split(' ') } };
    }
}
