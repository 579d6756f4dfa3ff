using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>8 bits: the whole way of a resnet8 with 64 calibration images of 32×32, and its parts.</summary>
public class Quantizations : KernelGroup
{
    private static readonly int _images = Sizes.Of(64);
    private OnnxModelFile? _student;
    private PixelStore? _store;
    private ActivationHistogram? _histogram;
    private float[] _values = [];
    private Tensor? _map, _scale, _zero;

    [Benchmark]
    public int MinMaxOfResNet8() => Quantize(CalibrationMethod.MinMax);

    [Benchmark]
    public int PercentilesOfResNet8() => Quantize(CalibrationMethod.Percentile);

    [Benchmark]
    public int EntropiesOfResNet8() => Quantize(CalibrationMethod.Entropy);

    [Benchmark]
    public long HistogramOfAMillion()
    {
        var histogram = new ActivationHistogram(0, 4);
        histogram.Add(_values);
        return histogram.Bins[0];
    }

    [Benchmark]
    public int EntropyOfAHistogram() => EntropyThreshold.Choose(_histogram!.Bins);

    /// <summary>And the gradient: 64×64×16×16.</summary>
    [Benchmark]
    public float FakeQuantizationOfAMap()
    {
        using var scope = NewDisposeScope();
        return Step([new LossTerm("sum", FakeQuantization.Activation(_map!, _scale!, _zero!).sum(), 1)]);
    }

    private protected override void Prepare()
    {
        var (size, classes) = (new ImageSize(32, 32), Enumerable.Range(0, 10).Select(i => $"class {i}").ToArray());
        using (var module = ImageClassifier.ResNet8.CreateModule(classes, seed: 1))
            _student = OnnxModelFile.FromBytes(StudentExporter.Standalone(module, new StudentDescription("resnet8", classes, size, size, ImageNormalization.Cifar10, "none")), "resnet8");
        var random = new Random(1);
        _store = new PixelStore(size, long.MaxValue, Path.GetTempPath());
        for (var row = 0; row < _images; row++)
            random.NextBytes(_store.Add(PixelStore.NoLabel));
        _values = [.. Enumerable.Range(0, Sizes.Of(1 << 20)).Select(_ => (float)(-.7 * Math.Log(1 - random.NextDouble())))];
        _histogram = new ActivationHistogram(0, _values.Max());
        _histogram.Add(_values);
        (_map, _scale, _zero) = (Numbers(_images, 64, 16, 16).requires_grad_(), tensor(.02f), tensor(30f));
    }

    private protected override void Finish() => _store!.Dispose();

    private int Quantize(CalibrationMethod calibration) => QuantizedModel.Int8(_student!, new Int8Options { Calibration = calibration }, ImageBatches.Of(_store!), threads: 1).Onnx.Length;
}
