using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>An ONNX teacher in TorchSharp against the same one in ONNX Runtime.</summary>
public class OnnxEngineTests
{
    private const int Side = 16;
    private const TeacherParts Everything = TeacherParts.Logits | TeacherParts.Features | TeacherParts.Embedding;

    [Theory]
    [InlineData("resnet8", 1)]
    [InlineData("resnet8", 3)]
    [InlineData("mobilenet_v2_cifar", 8)]
    public void BothGiveTheSame(string name, int rows)
    {
        using var scope = NewDisposeScope();
        var teacher = Export(name);
        var pixels = tensor(Modules.Pixels(rows * 3 * Side * Side, seed: rows), [rows, 3, Side, Side]);
        using var runtime = Open(teacher, OnnxTeacherEngine.OnnxRuntime, Everything);
        using var torchSharp = Open(teacher, OnnxTeacherEngine.TorchSharp, Everything);

        var (expected, actual) = (runtime.Forward(pixels), torchSharp.Forward(pixels));

        Numbers.Close(Numbers.Of(expected.Logits!), Numbers.Of(actual.Logits!), 1e-4);
        Numbers.Close(Numbers.Of(expected.Embedding!), Numbers.Of(actual.Embedding!), 1e-4);
        Assert.NotEmpty(expected.Features);
        Assert.Equal(expected.Features.Count, actual.Features.Count);
        foreach (var (map, other) in expected.Features.Zip(actual.Features))
        {
            Assert.Equal(map.shape, other.shape);
            Numbers.Close(Numbers.Of(map), Numbers.Of(other), 1e-4);
        }
        Assert.Equal(runtime.Describe(new ImageSize(Side, Side)).Features, torchSharp.Describe(new ImageSize(Side, Side)).Features);
        Assert.Equal((false, true), (runtime.CanDifferentiate, torchSharp.CanDifferentiate));
        Assert.Equal((runtime.ClassCount, runtime.ParameterCount, runtime.ModelBytes), (torchSharp.ClassCount, torchSharp.ParameterCount, torchSharp.ModelBytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void ATeacherThatPyTorchExportedGivesTheSameInBatchesOfAnyNumber(int rows)
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(Modules.Pixels(rows * 3 * Side * Side, seed: rows), [rows, 3, Side, Side]);
        using var runtime = Open(Exported, OnnxTeacherEngine.OnnxRuntime, Everything, normalization: ImageNormalization.Cifar10);
        using var torchSharp = Open(Exported, OnnxTeacherEngine.TorchSharp, Everything, normalization: ImageNormalization.Cifar10);

        var (expected, actual) = (runtime.Forward(pixels), torchSharp.Forward(pixels));

        Assert.Equal([rows, 7], actual.Logits!.shape);
        Numbers.Close(Numbers.Of(expected.Logits!), Numbers.Of(actual.Logits!), 1e-4);
        Numbers.Close(Numbers.Of(expected.Embedding!), Numbers.Of(actual.Embedding!), 1e-4);
        Assert.Equal([(8, 16), (8, 8), (12, 4), (12, 2)], actual.Features.Select(map => (map.shape[1], map.shape[2])));
        foreach (var (map, other) in expected.Features.Zip(actual.Features))
            Numbers.Close(Numbers.Of(map), Numbers.Of(other), 1e-4);
    }

    [Theory]
    [InlineData("resnet8")]
    [InlineData("mobilenet_v2_cifar")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("shufflenet_v2_cifar")]
    [InlineData(null)]
    public void InBFloat16ItIsNearAndItsOutputsAreFloat32(string? name)
    {
        using var scope = NewDisposeScope();
        var teacher = name is null ? Exported : Export(name);
        var pixels = tensor(Modules.Pixels(4 * 3 * Side * Side, seed: 4), [4, 3, Side, Side]);
        using var exact = Open(teacher, OnnxTeacherEngine.TorchSharp, Everything);
        using var rounded = Open(teacher, OnnxTeacherEngine.TorchSharp, Everything, precision: Precision.BFloat16);

        var (expected, actual) = (exact.Forward(pixels), rounded.Forward(pixels));

        Assert.All(actual.Features.Append(actual.Embedding!).Append(actual.Logits!), tensor => Assert.Equal(ScalarType.Float32, tensor.dtype));
        Assert.Equal(expected.Features.Select(map => map.shape), actual.Features.Select(map => map.shape));
        foreach (var (map, other) in expected.Features.Append(expected.Logits!).Zip(actual.Features.Append(actual.Logits!)))
        {
            // Eight bits of mantissa, and as many roundings as there are layers.
            Assert.InRange(((map - other).norm() / map.norm()).item<float>(), 0, .05f);
            Assert.NotEqual(Numbers.Of(map), Numbers.Of(other));
        }
    }

    [Theory]
    [InlineData(true, 0, 3)]
    [InlineData(false, 4, 10)] // a fixed batch: 4, 4 and 2 rows
    [InlineData(true, 4, 1)]
    public void AnyLayoutAndBatchGivesTheLogitsOfEveryRow(bool channelsLast, int batch, int rows)
    {
        using var scope = NewDisposeScope();
        var model = new Classifiers(new(5, 4), 6) { ChannelsLast = channelsLast, Batch = batch > 0 ? batch : "N" }.ToBytes();
        var pixels = tensor(Modules.Pixels(rows * 60, seed: rows), [rows, 3, 4, 5]);
        using var runtime = Open(model, OnnxTeacherEngine.OnnxRuntime, TeacherParts.Logits, ChannelOrder.Bgr);
        using var torchSharp = Open(model, OnnxTeacherEngine.TorchSharp, TeacherParts.Logits, ChannelOrder.Bgr);

        var logits = torchSharp.Forward(pixels).Logits!;

        Assert.Equal([rows, 6], logits.shape);
        Numbers.Close(Numbers.Of(runtime.Forward(pixels).Logits!), Numbers.Of(logits), 1e-5);
    }

    [Theory]
    [InlineData(OnnxTeacherEngine.Auto, false, false)]
    [InlineData(OnnxTeacherEngine.Auto, true, true)]
    [InlineData(OnnxTeacherEngine.TorchSharp, false, true)]
    [InlineData(OnnxTeacherEngine.OnnxRuntime, true, false)]
    public void TheEngineFollowsFromWhatIsWanted(OnnxTeacherEngine engine, bool gradients, bool torchSharp)
    {
        using var session = Open(Export("resnet8"), engine, gradients ? TeacherParts.Logits | TeacherParts.Gradients : TeacherParts.Logits);

        Assert.Equal(torchSharp, session.CanDifferentiate);
    }

    [Fact]
    public void LogitsCanBeDifferentiatedByTheInputAndTheFeatureMaps()
    {
        using var scope = NewDisposeScope();
        using var session = Open(Export("resnet8"), OnnxTeacherEngine.Auto, Everything | TeacherParts.Gradients);

        var output = session.Forward(tensor(Modules.Pixels(2 * 3 * Side * Side, seed: 5), [2, 3, Side, Side]));
        var gradients = autograd.grad([output.Logits!.select(1, 0).sum()], [output.Input!, output.Features[0]]);

        Assert.Equal(output.Input!.shape, gradients[0].shape);
        Assert.All(gradients, g => Assert.True(g.abs().max().item<float>() > 0));
    }

    [Fact]
    public void OperatorsThatAreNotKnownAreAllNamedWhereTheyMatter()
    {
        var model = new Classifiers(new(5, 4), 6) { Tail = (graph, logits) => graph.AddNode("Celu", [graph.AddNode("Hardmax", [logits])]) }.ToBytes();

        using var runtime = Open(model, OnnxTeacherEngine.Auto, TeacherParts.Logits);
        var error = Assert.Throws<NotSupportedException>(() => Open(model, OnnxTeacherEngine.Auto, TeacherParts.Logits | TeacherParts.Gradients));

        Assert.False(runtime.CanDifferentiate);
        Assert.Contains(": node 'celu' (Celu); node 'hardmax' (Hardmax) aren't supported.", error.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Open(model, OnnxTeacherEngine.TorchSharp, TeacherParts.Logits));
    }

    [Fact]
    public void ItIsSaidWhereATeacherDoesNotRunOnTheDevice()
    {
        var model = new Classifiers(new(5, 4), 6) { Tail = (graph, logits) => graph.AddNode("Celu", [graph.AddNode("Hardmax", [logits])]) }.ToBytes();

        using var elsewhere = Open(model, OnnxTeacherEngine.Auto, TeacherParts.Logits, device: device(DeviceType.CUDA, 0));
        using var there = Open(model, OnnxTeacherEngine.Auto, TeacherParts.Logits);

        Assert.Equal(("engine", CheckupSeverity.Warning), (elsewhere.Notice!.Code, elsewhere.Notice.Severity));
        Assert.Contains("ONNX Runtime on the CPU", elsewhere.Notice.Measured, StringComparison.Ordinal);
        Assert.Contains(": node 'celu' (Celu); node 'hardmax' (Hardmax) aren't supported.", elsewhere.Notice.Measured, StringComparison.Ordinal);
        Assert.Null(there.Notice);
    }

    private static byte[] Export(string name)
    {
        using var module = Modules.Worn(ImageClassifier.Parse(name), 5);
        return StudentExporter.Standalone(module, new StudentDescription(name, Modules.Classes(5), new(Side, Side), new(Side, Side), ImageNormalization.Cifar10, "none"));
    }

    private static byte[] Exported => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", "resnet9.onnx"));

    private static OnnxTeacherSession Open(
        byte[] model, OnnxTeacherEngine engine, TeacherParts parts, ChannelOrder channels = ChannelOrder.Rgb, ImageNormalization? normalization = null, Precision precision = Precision.Float32,
        Device? device = null)
    {
        var file = OnnxModelFile.FromBytes(model, "model");
        var options = new OnnxTeacherOptions { Engine = engine, Scores = ScoreKind.Logits, Channels = channels };
        return new(file, OnnxClassifierShape.Find(file, options), normalization ?? ImageNormalization.Raw, options, new TeacherSettings(device ?? CPU, Threads: 1, parts) { Precision = precision });
    }
}
