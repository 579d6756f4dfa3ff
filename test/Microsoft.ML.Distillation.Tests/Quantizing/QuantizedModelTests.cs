using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

/// <summary>Every architecture with weights that look trained, folded and quantised.</summary>
public class QuantizedModelTests
{
    private const int Side = 32, ClassCount = 5;

    public static TheoryData<string> Architectures => [.. ImageClassifier.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void EveryArchitectureComputesTheSameFoldedAndNearlyTheSameInSmallerNumbers(string name)
    {
        var onnx = Export(name);
        var file = OnnxModelFile.FromBytes(onnx, name);
        var images = Images(6);
        var expected = Logits(onnx, images, 3);

        var folded = BatchNormFolding.Fold(file);
        Numbers.Close(expected.Doubles(), Logits(folded.ToBytes(), images, 3).Doubles(), 1e-4);
        var index = new GraphIndex(folded.Model.Graph);
        Assert.DoesNotContain(folded.Model.Graph.Node, n => n.OpType == "BatchNormalization" && index.Maker(n.Input[0])?.OpType == "Conv" && index.OnlyReader(n.Input[0]) is not null);

        var int8 = QuantizedModel.Int8(file, new Int8Options { Calibration = CalibrationMethod.MinMax }, images, threads: 1);
        var half = QuantizedModel.Float16(file);
        Assert.True(OnnxModelFile.FromBytes(int8.Onnx, name).OpsetVersions[""] <= 17);
        foreach (var batch in new[] { 1, 6 })
        {
            Assert.InRange(Distance(expected, Logits(int8.Onnx, images, batch)), 1e-6, MostInt8(name));
            // With random statistics each of its 54 blocks doubles what it adds to, and 16 bits end at 65504.
            if (name != "resnet110")
                Assert.InRange(Distance(expected, Logits(half.Onnx, images, batch)), 1e-8, .02);
        }
        Assert.Equal(int8.Layers - 2, int8.QuantizedLayers);
    }

    [Theory]
    [InlineData("resnet18", .27, .51)]
    [InlineData("vgg8", .27, .51)]
    [InlineData("mobilenet_v2", .32, .55)]
    public void FilesShrink(string name, double int8, double half)
    {
        var onnx = Export(name);
        var file = OnnxModelFile.FromBytes(onnx, name);

        Assert.InRange(QuantizedModel.Int8(file, new Int8Options { KeepFirstAndLast = false }, Images(2), 1).Onnx.Length / (double)onnx.Length, .2, int8);
        Assert.InRange(QuantizedModel.Float16(file).Onnx.Length / (double)onnx.Length, .45, half);
    }

    [Theory]
    [InlineData("resnet8", true)]
    [InlineData("resnet8", false)]
    [InlineData("mobilenet_v2_cifar", true)]
    [InlineData("shufflenet_v2_cifar", true)]
    [InlineData("vgg8", false)]
    public void OnnxRuntimeComputesEveryQuantisedLayerInIntegers(string name, bool keep)
    {
        var file = OnnxModelFile.FromBytes(Export(name), name);
        var model = QuantizedModel.Int8(file, new Int8Options { KeepFirstAndLast = keep }, Images(4), 1);

        var nodes = Optimized(model.Onnx);

        var kept = nodes.Count(n => n.OpType is "Conv" or "FusedConv" or "Gemm");
        Assert.Equal(model.Layers - model.QuantizedLayers, kept);
        Assert.Equal(model.QuantizedLayers, nodes.Count(n => n.OpType is "QLinearConv" or "QGemm" or "QLinearMatMul" or "MatMulIntegerToFloat"));
        Assert.DoesNotContain(nodes, n => n.OpType == "Clip" || (n.OpType is "Relu" or "Add" && !keep));
        // What leads to the last layer alone stays in floats with it, and nothing else.
        Assert.InRange(nodes.Count(n => n.OpType == "Add"), 0, 1);
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void EveryOptionChangesTheModelAndNoneBreaksIt(CalibrationMethod method)
    {
        var onnx = Export("resnet14");
        var file = OnnxModelFile.FromBytes(onnx, "resnet14");
        var images = Images(16);
        var expected = Logits(onnx, images, 16);
        Int8Options[] all =
        [
            new() { Calibration = method }, new() { Calibration = method, ReduceRange = true }, new() { Calibration = method, KeepFirstAndLast = false },
            new() { Calibration = method, Percentile = 90 },
        ];

        var models = all.Select(options => QuantizedModel.Int8(file, options, images, 1)).ToList();

        Assert.Equal(method == CalibrationMethod.Percentile ? 4 : 3, models.Select(m => Convert.ToHexString(Weights(m.Onnx))).Distinct().Count());
        foreach (var model in models.Take(3))
            Assert.InRange(Distance(expected, Logits(model.Onnx, images, 16)), 0, .25);
        Assert.Contains("16 images", models[0].Settings, StringComparison.Ordinal);
    }

    [Fact]
    public void MetadataStaysAndSaysHowItWasQuantised()
    {
        var file = OnnxModelFile.FromBytes(Export("resnet8"), "resnet8");
        var quantised = OnnxModelFile.FromBytes(QuantizedModel.Int8(file, new Int8Options(), Images(4), 1).Onnx, "small.onnx");
        var half = OnnxModelFile.FromBytes(QuantizedModel.Float16(file).Onnx, "half.onnx");

        Assert.Equal("int8: percentile 99.99, first and last layers in float32, 4 images", quantised.Metadata["distillation.quantised"]);
        Assert.Equal("float16", half.Metadata["distillation.quantised"]);
        foreach (var other in new[] { quantised, half })
        {
            Assert.Equal(file.Metadata, other.Metadata.Where(m => m.Key != "distillation.quantised"));
            Assert.Equal(file.Inputs.Select(i => $"{i}"), other.Inputs.Select(i => $"{i}"));
            Assert.Equal(file.Outputs.Select(o => $"{o}"), other.Outputs.Select(o => $"{o}"));
        }
        Assert.StartsWith("small.onnx is quantised already (int8: ", Assert.Throws<InvalidDataException>(() => QuantizedModel.Float16(quantised)).Message, StringComparison.Ordinal);
        Assert.Equal(
            "student (from bytes) is a quantised resnet8 (float16): its weights are rounded and its BatchNorm is folded away, so that it can't be trained further. "
            + "Start from the file it was made from, or use this one as an OnnxTeacher.",
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(half.ToBytes())).Message);
    }

    [Fact]
    public void OnlyTheLayersAndWhatLiesBetweenThemAreIn16Bits()
    {
        var model = OnnxModelFile.FromBytes(QuantizedModel.Float16(OnnxModelFile.FromBytes(Export("resnet8"), "resnet8")).Onnx, "half");

        Assert.Equal(2, model.Model.Graph.Node.Count(n => n.OpType == "Cast"));
        Assert.All(model.Model.Graph.Node.Where(n => n.OpType is "Sub" or "Div" or "Softmax"), n => Assert.DoesNotContain(n.Output, o => o.EndsWith(".half", StringComparison.Ordinal)));
        Assert.All(model.Initializers.Values.Where(i => i.Dims.Count == 4 && !i.Name.StartsWith(StudentExporter.InputPrefix, StringComparison.Ordinal)), i => Assert.Equal((int)OnnxElementType.Float16, i.DataType));
    }

    [Fact]
    public void ArithmeticIsThatOfAPlainSimulation()
    {
        const int Pixels = 40;
        var (w1, b1, w2, b2) = (Numbers.Gaussian(4 * 3, 1), Numbers.Gaussian(4, 2), Numbers.Gaussian(2 * 4, 3), Numbers.Gaussian(2, 4));
        var graph = new OnnxGraphBuilder("two");
        graph.AddInput("image", OnnxElementType.Float, "N", 3, 1, Pixels);
        var inner = graph.Relu(graph.Conv("image", graph.AddInitializer("w1", w1, 4, 3, 1, 1), graph.AddInitializer("b1", b1, 4)), "inner");
        graph.AddOutput("y", graph.Conv(inner, graph.AddInitializer("w2", w2, 2, 4, 1, 1), graph.AddInitializer("b2", b2, 2)), OnnxElementType.Float, "N", 2, 1, Pixels);
        var image = Numbers.Gaussian(3 * Pixels, 5);
        var images = new ImageBatches(1, new ImageSize(Pixels, 1), (_, _) => image);

        var model = QuantizedModel.Int8(
            OnnxModelFile.FromBytes(graph.ToBytes(), "two"), new Int8Options { Calibration = CalibrationMethod.MinMax, KeepFirstAndLast = false }, images, 1);
        using var runner = new OnnxRunner(model.Onnx, "two", 1);
        var actual = runner.Run(image, [1, 3, 1, Pixels], ["y"])[0].Floats;

        var hidden = Layer(image, w1, b1, 3, Pixels).Select(v => Math.Max(0, v)).ToArray();
        var x = Rounded(image, image.Min(), image.Max());
        var h = Rounded([.. Layer(x, Rounded(w1, 3), b1, 3, Pixels).Select(v => Math.Max(0, v))], 0, hidden.Max());
        var wanted = Layer(hidden, w2, b2, 4, Pixels);
        var y = Rounded(Layer(h, Rounded(w2, 4), b2, 4, Pixels), wanted.Min(), wanted.Max());
        // A value between two levels may go either way: by one level of the inner map, through the largest weight, and by one of the result.
        var level = (wanted.Max() - Math.Min(0, wanted.Min())) / 255;
        Numbers.Within(y.Doubles().ToArray(), actual.Doubles(), hidden.Max() / 255 * w2.Max(Math.Abs) + 1.01 * level);
        var mean = y.Zip(actual).Average(p => Math.Abs(p.First - p.Second)) / level;
        Assert.True(mean < .1, $"{mean} levels.");
    }

    [Fact]
    public void AValueThatIsNoNumberIsAnError()
    {
        var file = OnnxModelFile.FromBytes(Export("resnet8"), "resnet8");
        var images = new ImageBatches(1, new ImageSize(Side, Side), (_, _) => [.. Enumerable.Repeat(float.NaN, 3 * Side * Side)]);

        Assert.Contains("for a calibration image", Assert.Throws<InvalidDataException>(() => QuantizedModel.Int8(file, new Int8Options(), images, 1)).Message, StringComparison.Ordinal);
    }

    // Random weights make hard sigmoids and narrow bottlenecks pass on noise that trained ones don't.
    private static double MostInt8(string name) => name.StartsWith("mobilenet_v3", StringComparison.Ordinal) || name.StartsWith("efficientnet", StringComparison.Ordinal) ? .5 : .25;

    private static byte[] Export(string name)
    {
        using var module = Modules.Worn(ImageClassifier.Parse(name), ClassCount);
        var size = new ImageSize(Side, Side);
        return StudentExporter.Standalone(module, new StudentDescription(name, Modules.Classes(ClassCount), size, size, ImageNormalization.ImageNet, "Fill"));
    }

    private static ImageBatches Images(int count)
    {
        var pixels = Modules.Pixels(count * 3 * Side * Side, seed: 2);
        return new ImageBatches(count, new ImageSize(Side, Side), (first, rows) => pixels[(first * 3 * Side * Side)..((first + rows) * 3 * Side * Side)]);
    }

    private static float[] Logits(byte[] model, ImageBatches images, int batch)
    {
        using var runner = new OnnxRunner(model, "model", threads: 1);
        return [.. Enumerable.Range(0, images.Count / batch).SelectMany(i => runner.Run(images.Read(i * batch, batch), [batch, 3, Side, Side], ["logits"])[0].Floats)];
    }

    /// <summary>Root mean square of the differences, by that of the values around their mean.</summary>
    private static double Distance(float[] expected, float[] actual)
    {
        var mean = expected.Average();
        return Math.Sqrt(expected.Zip(actual).Sum(p => Math.Pow(p.First - p.Second, 2)) / expected.Sum(v => Math.Pow(v - mean, 2)));
    }

    private static byte[] Weights(byte[] model) =>
        [.. OnnxModelFile.FromBytes(model, "model").Initializers.OrderBy(i => i.Key, StringComparer.Ordinal).SelectMany(i => i.Value.RawData.ToByteArray())];

    private static List<NodeProto> Optimized(byte[] model)
    {
        using var folder = new TemporaryFolder();
        using (var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED, OptimizedModelFilePath = folder["optimised.onnx"], LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL })
        using (new InferenceSession(model, options))
        {
            return [.. OnnxModelFile.FromPath(folder["optimised.onnx"]).Model.Graph.Node];
        }
    }

    private static float[] Layer(float[] x, float[] weights, float[] bias, int inputs, int pixels) =>
        [.. bias.SelectMany((b, o) => Enumerable.Range(0, pixels).Select(p => b + Enumerable.Range(0, inputs).Sum(i => weights[o * inputs + i] * x[i * pixels + p])))];

    private static float[] Rounded(float[] values, float low, float high)
    {
        var scale = (high - Math.Min(0, low)) / 255;
        var zero = MathF.Round(-Math.Min(0, low) / scale);
        return Array.ConvertAll(values, v => scale * (Math.Clamp(MathF.Round(v / scale) + zero, 0, 255) - zero));
    }

    private static float[] Rounded(float[] weights, int row) => [.. weights.Chunk(row).SelectMany(channel =>
    {
        var scale = channel.Max(Math.Abs) / 127;
        return channel.Select(w => scale * MathF.Round(w / scale));
    })];
}
