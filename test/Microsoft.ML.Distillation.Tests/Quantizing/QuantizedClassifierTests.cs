using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

/// <summary>The student that is trained in 8 bits against the model that is written of it.</summary>
[Collection(nameof(ImageClassification.TrainingTests))]
public class QuantizedClassifierTests
{
    private const int Side = 32, ClassCount = 5;

    public static TheoryData<string, bool, bool> Students => new()
    {
        { "resnet8", true, false }, { "resnet8x4", false, false }, { "vgg8", true, true }, { "mobilenet_v2_cifar", true, false }, { "shufflenet_v2_cifar", false, true },
        { "wrn_16_1", true, false },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void TheExportedModelComputesWhatWasTrained(string name, bool keep, bool reduce)
    {
        using var student = Create(name, new QuantizationAwareOptions { Int8 = new Int8Options { KeepFirstAndLast = keep, ReduceRange = reduce, Calibration = CalibrationMethod.MinMax } });
        student.Begin(0);
        Train(student, steps: 10);
        // BatchNorm's statistics of a network that never saw these images have moved far.
        student.Begin(1);
        student.eval();
        var exported = student.Export(epochs: 1);
        // A value between two levels may go either way, and each that does sends others over the edge: in deep networks of narrow layers, most of all.
        var (most, mostInIntegers) = name.Contains("net_v2", StringComparison.Ordinal) ? (.15, .15) : (.02, .05);

        foreach (var batch in new[] { 1, 3, 8 })
        {
            var expected = Forward(student, batch);
            // Without ONNX Runtime's integer kernels: the arithmetic that the file says, in floats.
            var plain = Run(exported.Onnx, batch, GraphOptimizationLevel.ORT_DISABLE_ALL);
            Assert.InRange(Distance(expected, plain), 0, most);
            var integers = Run(exported.Onnx, batch, GraphOptimizationLevel.ORT_ENABLE_ALL);
            Assert.InRange(Distance(expected, integers), 0, mostInIntegers);
            AssertSameClasses(expected, plain, most);
            AssertSameClasses(expected, integers, mostInIntegers);
        }
    }

    // The deeper a map, the more roundings that went the other way add up: the first one tells whether the arithmetic is the same.
    [Theory]
    [InlineData("resnet8", false)]
    [InlineData("vgg8", true)]
    [InlineData("mobilenet_v2_cifar", false)]
    [InlineData("shufflenet_v2_cifar", true)]
    public void TheFirstMapsAreTheSameToTheLevel(string name, bool reduce)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var student = Create(name, new QuantizationAwareOptions { Int8 = new Int8Options { KeepFirstAndLast = false, ReduceRange = reduce, Calibration = CalibrationMethod.MinMax } });
        student.Begin(0);
        student.eval();
        var file = OnnxModelFile.FromBytes(student.Export(epochs: 1).Onnx, name);
        using var module = Modules.Worn(ImageClassifier.Parse(name), ClassCount);
        var size = new ImageSize(Side, Side);
        var feature = StudentExporter.Traced(module, new StudentDescription(name, Modules.Classes(ClassCount), size, size, ImageNormalization.ImageNet, "Fill")).Network.Features[0];
        var scale = file.ReadFloats($"{feature}.scale")[0];

        var trained = Numbers.Floats(student.call(Normalised(4)).Features[0]);

        // What the file computes there is not rounded yet.
        var written = Modules.RunOnnx(file.WithOutputs([feature]).ToBytes(), Modules.Pixels(4 * 3 * Side * Side, seed: 2), [4, 3, Side, Side], feature).Floats;
        var high = trained.Max();
        var apart = trained.Zip(written).Count(p => Math.Abs(p.First - Math.Min(p.Second, high)) > .51 * scale) / (double)trained.Length;
        Assert.InRange(apart, 0, .02);
    }

    [Theory]
    [MemberData(nameof(Students))]
    public void TheExportedScalesAreThoseTrainedWith(string name, bool keep, bool reduce)
    {
        using var scope = NewDisposeScope();
        using var student = Create(name, new QuantizationAwareOptions { Int8 = new Int8Options { KeepFirstAndLast = keep, ReduceRange = reduce } });
        student.Begin(0);
        Train(student, steps: 2);
        student.eval();

        var file = OnnxModelFile.FromBytes(student.Export(epochs: 1).Onnx, name);

        var quantised = file.Initializers.Keys.Where(k => k.EndsWith(".weight.quantised", StringComparison.Ordinal) || k.Contains(".weight.folded", StringComparison.Ordinal) && k.EndsWith(".quantised", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(quantised);
        foreach (var weight in quantised.Select(k => k[..^".quantised".Length]))
            Assert.Equal(file.ReadFloats($"{weight}.scale"), Numbers.Floats(student.WeightScales(weight).flatten()));
        var scales = Numbers.Floats(student.Scales);
        var written = file.Model.Graph.Node.Where(n => n.OpType == "QuantizeLinear").Select(n => file.ReadFloats(n.Input[1])[0]).Distinct().Order();
        Assert.Equal(scales.Distinct().Order(), written);
    }

    [Fact]
    public void RangesAreObservedInTheFirstEpochsAndThenFrozen()
    {
        using var student = Create("resnet8", new QuantizationAwareOptions { Epochs = 4, ObservedEpochs = 2 });
        var seen = new List<float[]>();
        for (var epoch = 0; epoch < 4; epoch++)
        {
            student.Begin(epoch);
            seen.Add(Numbers.Floats(student.Scales));
            Train(student, steps: 1);
        }

        Assert.NotEqual(seen[0], seen[1]);
        Assert.Equal(seen[1], seen[2]);
        Assert.Equal(seen[1], seen[3]);
        Assert.All(seen[0], scale => Assert.True(scale is > 0 and not 1));
    }

    [Fact]
    public void ItGivesWhatTheStudentGivesAndNearlyTheSame()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = Modules.Worn(ImageClassifier.Parse("resnet14"), ClassCount);
        using var student = Quantized(module, "resnet14", new QuantizationAwareOptions());
        student.Begin(0);
        student.eval();
        module.KeepsPreActivations = student.KeepsPreActivations = true;

        var (before, after) = (module.call(Normalised(4)), student.call(Normalised(4)));

        Assert.Equal(module.Describe(new ImageSize(Side, Side)).Features, student.Describe(new ImageSize(Side, Side)).Features);
        Assert.Equal(before.Features.Count, after.Features.Count);
        foreach (var (wanted, got) in Parts(before).Zip(Parts(after)))
        {
            Assert.Equal(wanted.shape, got.shape);
            Assert.InRange(Distance(Numbers.Floats(wanted), Numbers.Floats(got)), 0, .2);
        }
        Assert.True(Distance(Numbers.Floats(before.Logits!), Numbers.Floats(after.Logits!)) > 1e-4);
        Assert.Equal(
            module.LastStageParameters.Where(p => p.dim() == 4).Select(p => string.Join('×', p.shape)), student.LastStageParameters.Where(p => p.dim() == 4).Select(p => string.Join('×', p.shape)));
    }

    [Fact]
    public void TrainingMovesEveryWeightThatIsRounded()
    {
        using var student = Create("mobilenet_v2_cifar", new QuantizationAwareOptions());
        student.Begin(0);
        var before = Modules.Weights(student);

        Train(student, steps: 1);

        foreach (var (name, values) in Modules.Weights(student).Where(w => w.Key.EndsWith("weight", StringComparison.Ordinal) || w.Key.Contains("folded", StringComparison.Ordinal)))
            Assert.False(before[name].SequenceEqual(values), name);
    }

    private static IEnumerable<Tensor> Parts(ModelOutput output) => [output.Logits!, output.Embedding!, .. output.Features, .. output.PreActivations];

    private static QuantizedClassifier Create(string name, QuantizationAwareOptions options)
    {
        using var module = Modules.Worn(ImageClassifier.Parse(name), ClassCount);
        return Quantized(module, name, options);
    }

    private static QuantizedClassifier Quantized(ClassifierModule module, string name, QuantizationAwareOptions options)
    {
        var size = new ImageSize(Side, Side);
        var pixels = Modules.Pixels(8 * 3 * Side * Side, seed: 2);
        var images = new ImageBatches(8, size, (first, rows) => pixels[(first * 3 * Side * Side)..((first + rows) * 3 * Side * Side)]);
        return new QuantizedClassifier(module, new StudentDescription(name, Modules.Classes(ClassCount), size, size, ImageNormalization.ImageNet, "Fill"), options, images, threads: 1);
    }

    private static void Train(QuantizedClassifier student, int steps)
    {
        using var scope = NewDisposeScope();
        student.train();
        var optimizer = optim.SGD(student.parameters(), 1e-3, momentum: .9);
        for (var step = 0; step < steps; step++)
        {
            optimizer.zero_grad();
            nn.functional.cross_entropy(student.call(Normalised(8)).Logits!, tensor(new long[] { 0, 1, 2, 3, 4, 0, 1, 2 })).backward();
            optimizer.step();
        }
    }

    private static Tensor Normalised(int batch)
    {
        var pixels = tensor(Modules.Pixels(batch * 3 * Side * Side, seed: 2), [batch, 3, Side, Side]);
        using var view = new PixelTransforms(new ImageSize(Side, Side), new ImageSize(Side, Side), ImageNormalization.ImageNet, CPU);
        return view.Apply(pixels);
    }

    private static float[] Forward(QuantizedClassifier student, int batch)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Numbers.Floats(student.call(Normalised(batch)).Logits!);
    }

    private static float[] Run(byte[] model, int batch, GraphOptimizationLevel level)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = level, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var input = OrtValue.CreateTensorValueFromMemory(Modules.Pixels(batch * 3 * Side * Side, seed: 2), [batch, 3, Side, Side]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["image"], [input], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    // Where two classes are as near to each other as the logits are to those expected, either may win.
    private static void AssertSameClasses(float[] expected, float[] actual, double distance)
    {
        var margin = 2 * distance * (expected.Max() - expected.Min());
        foreach (var (wanted, got) in expected.Chunk(ClassCount).Zip(actual.Chunk(ClassCount)))
            Assert.InRange(got.Max() - got[Array.IndexOf(wanted, wanted.Max())], 0, margin);
    }

    private static double Distance(float[] expected, float[] actual)
    {
        var mean = expected.Average();
        return Math.Sqrt(expected.Zip(actual).Sum(p => Math.Pow(p.First - p.Second, 2)) / expected.Sum(v => Math.Pow(v - mean, 2)));
    }
}
