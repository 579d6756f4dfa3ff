using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

/// <summary>The detector that is trained in 8 bits against the model that is written of it.</summary>
[Collection(nameof(ImageClassification.TrainingTests))]
public class QuantizedDetectorTests
{
    private const int Width = 64, Height = 96, ClassCount = 3;
    private static readonly ImageSize _size = new(Width, Height);

    public static TheoryData<string, bool, bool> Students => new()
    {
        { "yolov5", true, false }, { "yolov5", false, true }, { "retinanet", true, true }, { "retinanet", false, false },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void TheExportedModelComputesWhatWasTrained(string name, bool keep, bool reduce)
    {
        using var module = DetectorGolden.CreateModule(name);
        using var student = Quantized(module, name, Options(keep, reduce));
        student.Begin(0);
        Train(student, steps: 5);
        student.Begin(1);
        student.eval();
        string[] names = [.. Traced(module, name).Network.Levels.SelectMany(level => level.Select(value => value.Value))];
        var exported = OnnxModelFile.FromBytes(student.Export(epochs: 1, new Suppression()).Onnx, name).WithOutputs(names).ToBytes();

        // A value between two levels may go either way, and each that does sends others over the edge: most of all in a narrow YOLO of weights that nothing was learned with.
        var (most, agreeing) = name == "yolov5" ? (.4, .85) : (.12, .92);

        foreach (var batch in new[] { 1, 3, 8 })
        {
            var expected = Forward(student, batch);
            // Without ONNX Runtime's integer kernels the arithmetic is what the file says, in floats.
            foreach (var level in new[] { GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL })
            {
                var actual = Run(exported, batch, names, level);
                foreach (var (wanted, got) in expected.Zip(actual))
                    Assert.InRange(Distance(wanted, got), 0, most);
                Assert.InRange(Agreement(expected, actual, name), agreeing, 1);
            }
        }
    }

    // In a deep network every value that goes the other way at a half sends others over the edge. Given the file's own values so far, each layer has but its own to answer for.
    [Theory]
    [MemberData(nameof(Students))]
    public void EveryLayerComputesWhatTheFilesDoes(string name, bool keep, bool reduce)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name);
        var traced = Traced(module, name);
        string[] heads = [.. traced.Network.Levels.SelectMany(level => level.Select(value => value.Value))];
        using var network = new QuantizedNetwork(OnnxModelFile.FromProto(traced.Model, name), traced.Pixels, _ => heads, Options(keep, reduce), Images(), threads: 1);
        network.Begin(0);
        network.eval();
        var file = OnnxModelFile.FromBytes(network.Export(epochs: 1).Onnx, name);
        string[] rounded = [.. file.Model.Graph.Node.Where(node => node.OpType == "QuantizeLinear").Select(node => node.Input[0])];
        var written = rounded.Concat(heads).Zip(Run(file.WithOutputs([.. rounded, .. heads]).ToBytes(), 2, [.. rounded, .. heads], GraphOptimizationLevel.ORT_DISABLE_ALL)).ToDictionary(w => w.First, w => w.Second);
        var apart = new Dictionary<string, double>();

        var values = network.Run(Normalised(2), (made, value) =>
        {
            var (scale, zero) = (tensor(file.ReadFloats($"{made}.scale")[0]), tensor((float)file.Initializers[$"{made}.zero"].RawData[0]));
            var theirs = FakeQuantization.Activation(tensor(written[made], value.shape), scale, zero);
            var levels = ((value - theirs) / scale).abs();
            Assert.True(levels.max().ToSingle() < 1.5, $"{made} is {levels.max().ToSingle()} levels apart.");
            apart.Add(made, levels.gt(.5).to(ScalarType.Float64).mean().ToDouble());
            return theirs;
        });

        Assert.NotEmpty(apart);
        Assert.All(apart, one => Assert.True(one.Value < .01, $"{one.Value} of {one.Key} are a level apart."));
        foreach (var head in heads)
            Assert.InRange(Distance(written[head], Numbers.Floats(values[head])), 0, .01);
    }

    // Upsampled and pooled maps keep the levels of what they are made from; sums, products, sigmoids and maps side by side have levels of their own.
    [Theory]
    [InlineData("yolov5", "Add,Concat,Conv,MaxPool,Mul,Resize,Sigmoid")]
    [InlineData("retinanet", "Add,Conv,MaxPool,Relu,Resize")]
    public void WhateverTheFileRoundsWasRoundedToItsLevelsInTraining(string name, string makers)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name);
        using var student = Quantized(module, name, Options(keep: false));
        student.Begin(0);
        student.eval();
        var file = OnnxModelFile.FromBytes(student.Export(epochs: 1, new Suppression()).Onnx, name);
        var rounded = file.Model.Graph.Node.Where(node => node.OpType == "QuantizeLinear").Select(node => node.Input[0]).ToList();
        var traced = Traced(module, name);
        // The same network, which gives every tensor that the file rounds.
        using var network = new QuantizedNetwork(OnnxModelFile.FromProto(traced.Model, name), traced.Pixels, _ => rounded, Options(keep: false), Images(), threads: 1);
        network.Begin(0);
        network.eval();

        var values = network.Run(Normalised(2));

        var index = new GraphIndex(QuantizedModel.Plan(OnnxModelFile.FromProto(traced.Model, name), new Int8Options { KeepFirstAndLast = false }).Folded.Model.Graph);
        Assert.Equal(makers, string.Join(',', rounded.Select(index.Maker).OfType<NodeProto>().Select(node => node.OpType).Where(type => type != "Div").Distinct().Order(StringComparer.Ordinal)));
        foreach (var tensor in rounded)
        {
            var (scale, zero) = (file.ReadFloats($"{tensor}.scale")[0], file.Initializers[$"{tensor}.zero"].RawData[0]);
            var levels = values[tensor].to(ScalarType.Float64) / (double)scale;
            Assert.True((levels - levels.round()).abs().max().ToDouble() < 1e-3, $"{tensor} is not of its file's levels.");
            Assert.True(levels.min().ToDouble() > -zero - .001 && levels.max().ToDouble() < 255.001 - zero, $"{tensor} is beyond its file's levels.");
        }
    }

    [Theory]
    [MemberData(nameof(Students))]
    public void TheExportedScalesAreThoseTrainedWith(string name, bool keep, bool reduce)
    {
        using var scope = NewDisposeScope();
        using var module = DetectorGolden.CreateModule(name);
        using var student = Quantized(module, name, Options(keep, reduce));
        student.Begin(0);
        Train(student, steps: 2);
        student.eval();

        var file = OnnxModelFile.FromBytes(student.Export(epochs: 1, new Suppression()).Onnx, name);

        const string Ending = ".quantised";
        List<string> weights = [.. file.Initializers.Where(i => i.Key.EndsWith(Ending, StringComparison.Ordinal) && i.Value.DataType == (int)OnnxElementType.Int8).Select(i => i.Key[..^Ending.Length])];
        Assert.NotEmpty(weights);
        foreach (var weight in weights)
            Assert.Equal(file.ReadFloats($"{weight}.scale"), Numbers.Floats(student.WeightScales(weight).flatten()));
        var written = file.Model.Graph.Node.Where(n => n.OpType == "QuantizeLinear").Select(n => file.ReadFloats(n.Input[1])[0]).Distinct().Order();
        Assert.Equal(Numbers.Floats(student.Scales).Distinct().Order(), written);
        // A YOLO's first layer and its second, which is narrow, and a convolution for each of three levels; a RetinaNet's last ones are those of two heads that all its levels share.
        var model = student.Export(epochs: 1, new Suppression());
        Assert.Equal(keep ? name == "yolov5" ? 2 + 3 : 1 + 2 * 5 : 0, model.Layers - model.QuantizedLayers);
    }

    [Theory]
    [InlineData("yolov5")]
    [InlineData("retinanet")]
    public void ItGivesWhatTheStudentGivesAndNearlyTheSame(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name);
        module.eval();
        using var student = Quantized(module, name, Options(keep: true));
        student.Begin(0);
        student.eval();

        var (before, after) = (module.call(Normalised(3)), student.call(Normalised(3)));

        Assert.Equivalent(DetectorShapes.Of(module, _size), DetectorShapes.Of(student, _size));
        Assert.Equal(Parts(before).Select(part => part.shape), Parts(after).Select(part => part.shape));
        var distances = Parts(before).Zip(Parts(after), (wanted, got) => Distance(Numbers.Floats(wanted), Numbers.Floats(got))).ToList();
        Assert.All(distances, distance => Assert.InRange(distance, 0, .3));
        // The narrow second layer of a YOLO is in floats, so that its stem is not rounded.
        Assert.Equal(name == "yolov5" ? 1 : 0, distances.Count(distance => distance < 1e-7));
        var (boxes, scores) = student.Decode(after);
        Assert.Equal(module.Decode(before).Boxes.shape, boxes.shape);
        Assert.Equal(module.Decode(before).Scores.shape, scores.shape);
        // Its weights are copies; statistics of BatchNorm are no parameters.
        Assert.Equal(module.CountParameters(), student.CountParameters());
    }

    [Theory]
    [InlineData("yolov5")]
    [InlineData("retinanet")]
    public void TrainingMovesEveryWeight(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        using var student = Quantized(module, name, Options(keep: false));
        student.Begin(0);
        var before = Modules.Weights(student);

        Train(student, steps: 1);

        foreach (var (weight, values) in Modules.Weights(student).Where(w => w.Key.EndsWith("weight", StringComparison.Ordinal)))
            Assert.False(before[weight].SequenceEqual(values), weight);
    }

    [Fact]
    public void RangesAreObservedInTheFirstEpochsAndThenFrozen()
    {
        using var module = DetectorGolden.CreateModule("yolov5");
        using var student = Quantized(module, "yolov5", new QuantizationAwareOptions { Epochs = 4, ObservedEpochs = 2 });
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

    private static QuantizationAwareOptions Options(bool keep, bool reduce = false) =>
        new() { Int8 = new Int8Options { KeepFirstAndLast = keep, ReduceRange = reduce, Calibration = CalibrationMethod.MinMax } };

    private static QuantizedDetector Quantized(DetectorModule module, string name, QuantizationAwareOptions options) => new(module, Describe(name), options, Images(), threads: 1);

    private static StudentDescription Describe(string name) =>
        new(name == "yolov5" ? "yolov5n" : "retinanet_resnet18", Modules.Classes(ClassCount), _size, _size, ImageNormalization.ImageNet, "IsoPad");

    private static ImageBatches Images()
    {
        var pixels = Pixels(8);
        return new ImageBatches(8, _size, (first, rows) => pixels[(first * 3 * Width * Height)..((first + rows) * 3 * Width * Height)]);
    }

    private static float[] Pixels(int batch) => Modules.Pixels(batch * 3 * Width * Height, seed: 2);

    private static Tensor Normalised(int batch)
    {
        using var view = new PixelTransforms(_size, _size, ImageNormalization.ImageNet, CPU);
        return view.Apply(tensor(Pixels(batch), [batch, 3, Height, Width]));
    }

    private static void Train(QuantizedDetector student, int steps)
    {
        using var scope = NewDisposeScope();
        using var loss = new DetectorTaskLoss(student, _size, new(), new(), CPU);
        var targets = DetectionTargets.Create(tensor(new float[] { 0, 2, 10, 10, 40, 50, 1, 0, 4, 20, 60, 90 }, [2, 6]), 2, CPU);
        student.train();
        var optimizer = optim.SGD(student.parameters(), 1e-4, momentum: .9);
        for (var step = 0; step < steps; step++)
        {
            optimizer.zero_grad();
            var terms = loss.Compute(new DetectionLossInput(DetectorShapes.Output(student.call(Normalised(2))), null, targets));
            terms.Select(term => term.Value * term.Weight).Aggregate((sum, term) => sum + term).backward();
            optimizer.step();
        }
    }

    private static TracedDetector Traced(DetectorModule module, string name) => DetectorExporter.Traced(module, Describe(name), new Suppression());

    private static List<float[]> Forward(QuantizedDetector student, int batch)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return [.. student.call(Normalised(batch)).Levels.SelectMany(DetectorGolden.Heads).Select(Numbers.Floats)];
    }

    private static List<float[]> Run(byte[] model, int batch, string[] outputs, GraphOptimizationLevel level)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = level, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var input = OrtValue.CreateTensorValueFromMemory(Pixels(batch), [batch, 3, Height, Width]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["image"], [input], outputs);
        return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
    }

    private static IEnumerable<Tensor> Parts(DetectorOutput output) => [.. output.Levels.SelectMany(DetectorGolden.Heads), .. output.Neck, .. output.Backbone];

    /// <summary>Share of the boxes whose likeliest class is the same.</summary>
    private static double Agreement(IEnumerable<float[]> expected, IEnumerable<float[]> actual, string name) =>
        Likeliest(expected, name).Zip(Likeliest(actual, name)).Average(pair => pair.First == pair.Second ? 1 : 0.0);

    private static IEnumerable<int> Likeliest(IEnumerable<float[]> heads, string name)
    {
        var (first, length) = name == "yolov5" ? (5, 5 + ClassCount) : (0, ClassCount);
        // A RetinaNet's boxes and classes come in turn.
        var classes = name == "yolov5" ? heads : heads.Where((_, i) => i % 2 == 1);
        return classes.SelectMany(values => values.Chunk(length)).Select(row => row[first..]).Select(row => Array.IndexOf(row, row.Max()));
    }

    private static double Distance(float[] expected, float[] actual)
    {
        var mean = expected.Average();
        return Math.Sqrt(expected.Zip(actual).Sum(p => Math.Pow(p.First - p.Second, 2)) / expected.Sum(v => Math.Pow(v - mean, 2)));
    }
}
