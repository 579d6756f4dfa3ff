using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

/// <summary>Which tensors share a scale, which layers stay floats, and what ONNX Runtime makes of it.</summary>
public class QuantizationPlanTests
{
    private const int Side = 64;

    [Fact]
    public void PartsOfAWholeHaveItsScaleAndRuntimeCopiesThem()
    {
        var (file, int8) = Yolo(new Int8Options { Calibration = CalibrationMethod.MinMax });
        var wholes = Plan(file).Folded.Model.Graph.Node.Where(n => n.OpType == "Concat" && int8.HasInitializer($"{n.Output[0]}.scale")).ToList();

        var alike = wholes.Select(whole => whole.Input.Count(part => Parameters(int8, part) == Parameters(int8, whole.Output[0]))).ToList();
        var nodes = Optimized(int8.ToBytes());

        Assert.True(wholes.Count > 8);
        // Two maps of the neck are parts of two wholes each; the others have one, or are made of each other.
        Assert.Equal(wholes.Sum(whole => whole.Input.Count) - 2, alike.Sum());
        Assert.Equal(wholes.Count, nodes.Count(n => n.OpType == "QLinearConcat"));
    }

    [Fact]
    public void OnnxRuntimeLeavesFloatsToTheInputTheHeadsAndTheBoxes()
    {
        var (file, int8) = Yolo(new Int8Options());
        var plan = Plan(file).Plan;

        var nodes = Optimized(int8.ToBytes());

        Assert.Equal(plan.AllLayers - plan.Layers.Count, nodes.Count(n => n.OpType is "Conv" or "FusedConv"));
        Assert.Equal(plan.Layers.Count, nodes.Count(n => n.OpType == "QLinearConv"));
        Assert.Equal(1, nodes.Count(n => n.OpType == "QuantizeLinear"));
        // Of the last map the SiLU is in floats already, since nothing but a head reads it: it is restored for both of its nodes.
        Assert.Equal(4, nodes.Count(n => n.OpType == "DequantizeLinear"));
        Assert.DoesNotContain(nodes, n => n.OpType is "MaxPool" or "Resize" && n.Input[0].Contains(".restored", StringComparison.Ordinal));
    }

    // The narrow second layer alone stays behind: not the layers after it, however narrow, nor one without a SiLU.
    [Theory]
    [InlineData(3, 8, "Sigmoid", 1)]
    [InlineData(3, 32, "Sigmoid", 2)]
    [InlineData(1, 64, "Sigmoid", 1)]
    [InlineData(3, 8, "Relu", 2)]
    public void AThinSecondLayerOfASiluNetworkStaysInFloats(int kernel, int channels, string activation, int quantised)
    {
        var graph = new OnnxGraphBuilder("narrow");
        graph.AddInput("image", OnnxElementType.Float, "N", 3, 8, 8);
        var map = Layer("image", 3, "one");
        map = Layer(map, channels, "two");
        map = Layer(map, channels, "three");
        graph.AddOutput("y", Convolved(map, channels, "four"), OnnxElementType.Float, "N", channels, "H", "W");

        var plan = new QuantizationPlan(graph.Build().Graph, keepFirstAndLast: true);

        Assert.Equal(4, plan.AllLayers);
        Assert.Equal(quantised, plan.Layers.Count);
        Assert.Equal(4, new QuantizationPlan(graph.Build().Graph, keepFirstAndLast: false).Layers.Count);

        string Layer(string x, int inputs, string name)
        {
            var made = Convolved(x, inputs, name);
            return activation == "Relu" ? graph.Relu(made) : graph.Mul(made, graph.Sigmoid(made));
        }

        string Convolved(string x, int inputs, string name) =>
            graph.Conv(x, graph.AddInitializer($"{name}.w", Numbers.Gaussian(channels * inputs * kernel * kernel, 1), channels, inputs, kernel, kernel), graph.AddInitializer($"{name}.b", new float[channels], channels), name: name);
    }

    [Fact]
    public void WhatAnActivationMakesKeepsItsOwnScale()
    {
        var graph = new OnnxGraphBuilder("joined");
        graph.AddInput("image", OnnxElementType.Float, "N", 4, 8, 8);
        var cut = graph.Relu(Convolved("image", 4, "cut"), "cut.act");
        var plain = Convolved("image", 4, "plain");
        var whole = graph.Concat([cut, plain], 1, "whole");
        graph.AddOutput("y", Convolved(whole, 8, "last"), OnnxElementType.Float, "N", 4, 8, 8);

        var plan = new QuantizationPlan(graph.Build().Graph, keepFirstAndLast: false);

        Assert.Equal("cut.act", plan.Origin("cut.act"));
        Assert.Equal("whole", plan.Origin("plain"));
        Assert.Equal(["cut.act", "image", "last", "whole"], plan.Origins);
        Assert.Equal(["cut.act", "image", "last", "plain", "whole"], plan.Rounded.Order(StringComparer.Ordinal));

        string Convolved(string x, int inputs, string name) => graph.Conv(x, graph.AddInitializer($"{name}.w", Numbers.Gaussian(4 * inputs, 1), 4, inputs, 1, 1), graph.AddInitializer($"{name}.b", new float[4], 4), name: name);
    }

    private static (OnnxModelFile File, OnnxModelFile Int8) Yolo(Int8Options options)
    {
        using var module = DetectorGolden.CreateModule("yolov5");
        module.eval();
        var size = new ImageSize(Side, Side);
        var onnx = DetectorExporter.Standalone(module, new("yolov5n", Modules.Classes(3), size, size, ImageNormalization.ImageNet, "IsoPad"), new Suppression());
        var file = OnnxModelFile.FromBytes(onnx, "yolo");
        var pixels = Modules.Pixels(2 * 3 * Side * Side, seed: 2);
        var images = new ImageBatches(2, size, (first, rows) => pixels[(first * 3 * Side * Side)..((first + rows) * 3 * Side * Side)]);
        return (file, OnnxModelFile.FromBytes(QuantizedModel.Int8(file, options, images, 1).Onnx, "int8"));
    }

    private static (OnnxModelFile Folded, QuantizationPlan Plan) Plan(OnnxModelFile file) => QuantizedModel.Plan(file, new Int8Options());

    private static (float Scale, byte Zero) Parameters(OnnxModelFile file, string tensor) => (file.ReadFloats($"{tensor}.scale")[0], file.Initializers[$"{tensor}.zero"].RawData[0]);

    private static List<NodeProto> Optimized(byte[] model)
    {
        using var folder = new TemporaryFolder();
        using (var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED, OptimizedModelFilePath = folder["optimised.onnx"], LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL })
        using (new InferenceSession(model, options))
        {
            return [.. OnnxModelFile.FromPath(folder["optimised.onnx"]).Model.Graph.Node];
        }
    }
}
