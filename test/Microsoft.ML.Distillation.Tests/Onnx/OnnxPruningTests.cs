using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

public class OnnxPruningTests
{
    [Fact]
    public void WhatLeadsToNoOutputGoes()
    {
        var graph = new OnnxGraphBuilder("g");
        var x = graph.AddInput("x", OnnxElementType.Float, 1, 2);
        graph.AddInput("unused", OnnxElementType.Float, 1, 2);
        var kept = graph.Add(x, graph.AddInitializer("kept", [1f, 2], 2), name: "sum");
        graph.Relu(graph.Mul(kept, graph.AddInitializer("gone", [1f, 2], 2), name: "product"), name: "rest");
        graph.AddOutput("y", graph.Sigmoid(kept, name: "squashed"), OnnxElementType.Float, 1, 2);

        var model = graph.Build().RemoveUnused();

        Assert.Equal(["sum", "squashed", "y"], model.Graph.Node.Select(n => n.Name));
        Assert.Equal(["kept"], model.Graph.Initializer.Select(i => i.Name));
        Assert.Equal(["x", "unused"], model.Graph.Input.Select(i => i.Name));
    }

    [Fact]
    public void ANodeStaysForAnyOfItsOutputs()
    {
        var graph = new OnnxGraphBuilder("g");
        var halves = graph.AddNode("Split", [graph.AddInput("x", OnnxElementType.Float, 1, 2)], outputs: 2, "halves", OnnxAttribute.Int("axis", 1));
        graph.AddOutput("y", halves[1], OnnxElementType.Float, 1, 1);

        Assert.Equal(["halves", "y"], graph.Build().RemoveUnused().Graph.Node.Select(n => n.Name));
    }
}
