using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Graphs of one operator each, by name, on a float input N×4×9×8: as TorchSharp operators against ONNX Runtime, in bfloat16, and their slopes.</summary>
internal sealed class OperatorCases
{
    public const int Channels = 4, Height = 9, Width = 8;
    public const int Count = Channels * Height * Width;

    private const double NearEnough = .03; // eight bits of mantissa, and a few roundings
    private readonly Dictionary<string, (Func<OnnxGraphBuilder, string, string> Build, long Opset)> _cases = [];

    public TheoryData<string> Names => [.. _cases.Keys];

    /// <summary>What the input becomes, in a version of ONNX's operators.</summary>
    public Func<OnnxGraphBuilder, string, string> this[string name, long opset = OnnxGraphBuilder.OpsetVersion]
    {
        set => _cases.Add(name, (value, opset));
    }

    public TheoryData<string> Without(params string[] names) => [.. _cases.Keys.Except(names)];

    /// <summary>The results are those of ONNX Runtime, for several numbers of images, and the input stays as it is.</summary>
    public void Agree(string name)
    {
        var (file, result) = Build(name, (_, x) => x);
        using var runner = new OnnxRunner(file.ToBytes(), name, threads: 1);
        using var executed = new OnnxModule(file, "x", [result], trains: false);
        foreach (var batch in new[] { 1, 3, 1 })
        {
            using var scope = NewDisposeScope();
            var values = Numbers.Gaussian(batch * Count, batch);
            var input = Images(values, batch);

            var actual = executed.call(input)[result];

            var expected = runner.Run(values, [batch, Channels, Height, Width])[0];
            Assert.Equal(expected.Shape, actual.shape);
            Numbers.Close(expected.Floats.Doubles(), Numbers.Of(actual), 1e-5);
            Assert.Equal(values, Numbers.Floats(input));
        }
    }

    /// <summary>Behind a convolution in bfloat16, the results are near those in float32.</summary>
    public void IsNearInBFloat16(string name)
    {
        var (file, result) = Build(name, (g, x) => g.Conv(x, g.AddInitializer("front", Numbers.Gaussian(Channels * Channels, 31), Channels, Channels, 1, 1), null, [1, 1], [0, 0, 0, 0]));
        using var exact = new OnnxModule(file, "x", [result], trains: false);
        using var rounded = new OnnxModule(file, "x", [result], trains: false);
        rounded.KeepBFloat16();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var input = Images(Numbers.Gaussian(2 * Count, 5), 2);

        var (expected, actual) = (exact.call(input)[result], rounded.call(input)[result].to(ScalarType.Float32));

        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(((expected - actual).norm() / expected.norm()).item<float>(), 0, NearEnough);
    }

    /// <summary>On a device without numbers, all is computed from sizes: nothing is read back, and nothing of the CPU is mixed in.</summary>
    public void StaysOnItsDevice(string name)
    {
        var (file, result) = Build(name, (_, x) => x);
        using var here = new OnnxModule(file, "x", [result], trains: false);
        using var there = new OnnxModule(file, "x", [result], trains: false);
        var nowhere = device(DeviceType.META);
        there.to(nowhere);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var input = Images(Numbers.Gaussian(2 * Count, 5), 2);

        var (expected, actual) = (here.call(input)[result], there.call(input.to(nowhere))[result]);

        Assert.Equal((DeviceType.META, expected.dtype), (actual.device_type, actual.dtype));
        Assert.Equal(expected.shape, actual.shape);
    }

    /// <summary>The gradient of a weighted sum of the results is its slope, in float64.</summary>
    public void HasItsSlopes(string name)
    {
        var (file, result) = Build(name, (_, x) => x);
        using var executed = new OnnxModule(file, "x", [result], trains: false);
        executed.to(ScalarType.Float64);
        Slopes.Agree(
            x =>
            {
                var values = executed.call(x)[result];
                return (values * tensor(Numbers.Gaussian((int)values.numel(), 8).Doubles(), values.shape)).sum();
            },
            Numbers.Gaussian(Count, 9).Doubles(), [1, Channels, Height, Width], 1e-6, 1e-5);
    }

    private (OnnxModelFile File, string Result) Build(string name, Func<OnnxGraphBuilder, string, string> front)
    {
        var (build, opset) = _cases[name];
        var graph = new OnnxGraphBuilder("one");
        var result = build(graph, front(graph, graph.AddInput("x", OnnxElementType.Float, "N", Channels, Height, Width)));
        graph.AddOutput(result, result, OnnxElementType.Float);
        var file = OnnxModelFile.FromBytes(graph.ToBytes(), "one");
        file.Model.OpsetImport[0].Version = opset;
        // Nothing is said of the result's shape: ONNX Runtime finds it.
        file.Model.Graph.Output[0].Type.TensorType.Shape = null;
        return (file, result);
    }

    private static Tensor Images(float[] values, long batch) => tensor(values, [batch, Channels, Height, Width]);
}
