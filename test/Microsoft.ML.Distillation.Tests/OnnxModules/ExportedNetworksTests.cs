using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Networks with the parts of usual classifiers and detectors, as PyTorch's exporter writes them (test/goldens/make_exported.py), against ONNX Runtime.</summary>
public class ExportedNetworksTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", "exported");

    private static IEnumerable<string> Files => Directory.GetFiles(Folder, "*.onnx").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Files];

    /// <summary>All but those whose rounding decides which boxes are the best.</summary>
    public static TheoryData<string> Steady => [.. Files.Where(name => !name.StartsWith("yolo_best", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheyComputeTheSameForAnyBatchAndSize(string name)
    {
        var file = OnnxModelFile.FromPath(Path.Combine(Folder, $"{name}.onnx"));
        using var runner = new OnnxRunner(file.ToBytes(), name, threads: 1);
        using var executed = new OnnxModule(file, "image", ["result"], trains: false);
        var sides = file.Inputs[0].Dimensions!.Skip(2).Select(side => side.Size).ToArray();
        foreach (long[] shape in (long[][])[[1, 3, 32, 64], [3, 3, 32, 64], [8, 3, 48, 32], [1, 3, 32, 64]])
        {
            using var scope = NewDisposeScope();
            long[] size = [shape[0], 3, sides[0] ?? shape[2], sides[1] ?? shape[3]];
            var pixels = Numbers.Gaussian((int)size.Aggregate((a, b) => a * b), (int)size[0]);

            var actual = executed.call(tensor(pixels, size))["result"];

            var expected = runner.Run(pixels, size)[0];
            Assert.Equal(expected.Shape, actual.shape);
            Numbers.Close(expected.Floats.Doubles(), Numbers.Of(actual), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsReachTheImage(string name)
    {
        var file = OnnxModelFile.FromPath(Path.Combine(Folder, $"{name}.onnx"));
        var sides = file.Inputs[0].Dimensions!.Skip(2).Select(side => side.Size).ToArray();
        using var executed = new OnnxModule(file, "image", ["result"], trains: false);
        using var scope = NewDisposeScope();
        long[] size = [2, 3, sides[0] ?? 32, sides[1] ?? 48];
        var image = tensor(Numbers.Gaussian((int)size.Aggregate((a, b) => a * b), 4), size).requires_grad_();

        executed.call(image)["result"].square().sum().backward();

        Assert.True(image.grad!.isfinite().all().item<bool>());
        Assert.True(image.grad!.abs().max().item<float>() > 0);
    }

    [Theory]
    [MemberData(nameof(Steady))]
    public void InBFloat16TheyAreNear(string name)
    {
        var file = OnnxModelFile.FromPath(Path.Combine(Folder, $"{name}.onnx"));
        var sides = file.Inputs[0].Dimensions!.Skip(2).Select(side => side.Size).ToArray();
        using var exact = new OnnxModule(file, "image", ["result"], trains: false);
        using var rounded = new OnnxModule(file, "image", ["result"], trains: false);
        rounded.KeepBFloat16();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long[] size = [2, 3, sides[0] ?? 32, sides[1] ?? 48];
        var image = tensor(Numbers.Gaussian((int)size.Aggregate((a, b) => a * b), 4), size);

        var (expected, actual) = (exact.call(image)["result"], rounded.call(image)["result"].to(ScalarType.Float32));

        Assert.InRange(((expected - actual).norm() / expected.norm()).item<float>(), 1e-7f, .05f);
    }
}
