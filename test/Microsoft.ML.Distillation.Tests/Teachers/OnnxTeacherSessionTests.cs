using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OnnxTeacherSessionTests
{
    private static readonly ImageSize Size = new(5, 4);
    private static readonly OnnxTeacherOptions Logits = new() { Normalization = ImageNormalization.ZeroToOne, Scores = ScoreKind.Logits };

    [Theory]
    [InlineData(false, 0, 10)]
    [InlineData(true, 0, 3)]
    [InlineData(false, 4, 10)] // a fixed batch: 4, 4 and 2 rows
    [InlineData(false, 4, 8)]
    [InlineData(true, 4, 1)]
    [InlineData(false, 1, 3)]
    public void AnyLayoutAndBatchGivesTheLogitsOfEveryRow(bool channelsLast, int batch, int rows)
    {
        using var scope = NewDisposeScope();
        var classifier = new Classifiers(Size, 6) { ChannelsLast = channelsLast, Batch = batch > 0 ? batch : "N" };
        var pixels = Modules.Pixels(rows * 3 * (int)Size.Pixels, seed: rows);
        using var session = Open(classifier.ToBytes(), Logits);

        var output = session.Forward(tensor(pixels, [rows, 3, Size.Height, Size.Width]));

        Assert.Equal([rows, 6], output.Logits!.shape);
        Numbers.Close(classifier.Logits(Normalised(pixels, ImageNormalization.ZeroToOne)), Numbers.Of(output.Logits), 1e-5);
        Assert.Empty(output.Features);
        Assert.Null(output.Embedding);
    }

    [Theory]
    [InlineData("ImageNet")]
    [InlineData("Cifar10")]
    [InlineData("ZeroToOne")]
    [InlineData("MinusOneToOne")]
    [InlineData("Raw")]
    public void EveryPresetIsAppliedToThePixels(string name)
    {
        using var scope = NewDisposeScope();
        var preset = ImageNormalization.Presets.Single(p => p.Name == name);
        var classifier = new Classifiers(Size, 6);
        var pixels = Modules.Pixels(2 * 3 * (int)Size.Pixels, seed: 2);
        using var session = Open(classifier.ToBytes(), new() { Normalization = preset, Scores = ScoreKind.Logits });

        var logits = session.Forward(tensor(pixels, [2, 3, Size.Height, Size.Width])).Logits!;

        Numbers.Close(classifier.Logits(Normalised(pixels, preset)), Numbers.Of(logits), 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BlueComesFirstWhereTheOptionsSaySo(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var classifier = new Classifiers(Size, 6) { ChannelsLast = channelsLast };
        var pixels = Modules.Pixels(3 * (int)Size.Pixels, seed: 3);
        using var session = Open(classifier.ToBytes(), new() { Normalization = ImageNormalization.ImageNet, Scores = ScoreKind.Logits, Channels = ChannelOrder.Bgr });

        var logits = session.Forward(tensor(pixels, [1, 3, Size.Height, Size.Width])).Logits!;

        // Means and deviations are those of red, green and blue, whatever the network's order.
        var swapped = Normalised(pixels, ImageNormalization.ImageNet).Chunk((int)Size.Pixels).Reverse().SelectMany(plane => plane).ToArray();
        Numbers.Close(classifier.Logits(swapped), Numbers.Of(logits), 1e-5);
    }

    [Fact]
    public void LargerPixelsAreResizedToTheTeachersInput()
    {
        using var scope = NewDisposeScope();
        var (stored, classifier) = (new ImageSize(11, 8), new Classifiers(Size, 6));
        var pixels = tensor(Modules.Pixels(2 * 3 * (int)stored.Pixels, seed: 4), [2, 3, stored.Height, stored.Width]);
        using var session = Open(classifier.ToBytes(), Logits);
        using var resizing = new PixelTransforms(stored, Size, ImageNormalization.ZeroToOne, CPU);

        Assert.Equal(Size, session.InputSize);
        Numbers.Close(classifier.Logits(Numbers.Of(resizing.Apply(pixels))), Numbers.Of(session.Forward(pixels).Logits!), 1e-5);
    }

    [Fact]
    public void PixelsMayChangeTheirSizeBetweenCalls()
    {
        using var scope = NewDisposeScope();
        using var session = Open(new Classifiers(Size, 6).ToBytes(), Logits);

        foreach (var width in new[] { 5, 10, 5 })
            Numbers.Close(Numbers.Of(session.Forward(full([1, 3, 4, 5], 100f)).Logits!), Numbers.Of(session.Forward(full([1, 3, 4, width], 100f)).Logits!), 1e-5);
    }

    [Theory]
    [InlineData(ScoreKind.Auto, true)]
    [InlineData(ScoreKind.Auto, false)]
    [InlineData(ScoreKind.Probabilities, true)]
    [InlineData(ScoreKind.Probabilities, false)]
    public void ProbabilitiesBecomeLogitsThatSoftmaxTurnsBack(ScoreKind kind, bool softmaxLast)
    {
        using var scope = NewDisposeScope();
        // Where a product hides the softmax from view, the first rows tell.
        var classifier = new Classifiers(Size, 6)
        {
            Tail = (graph, logits) => softmaxLast ? graph.Softmax(logits) : graph.Mul(graph.Softmax(logits), graph.AddScalar("one", 1)),
        };
        var pixels = Modules.Pixels(3 * 3 * (int)Size.Pixels, seed: 5);
        using var session = Open(classifier.ToBytes(), new() { Normalization = ImageNormalization.ZeroToOne, Scores = kind });

        var logits = session.Forward(tensor(pixels, [3, 3, Size.Height, Size.Width])).Logits!;

        var expected = nn.functional.log_softmax(tensor(classifier.Logits(Normalised(pixels, ImageNormalization.ZeroToOne)), [3, 6]), 1);
        Numbers.Close(Numbers.Of(expected), Numbers.Of(logits), 1e-5);
    }

    [Theory]
    [InlineData(ScoreKind.Auto)]
    [InlineData(ScoreKind.Logits)]
    public void LogitsStayAsTheyAre(ScoreKind kind)
    {
        using var scope = NewDisposeScope();
        var classifier = new Classifiers(Size, 6);
        var pixels = Modules.Pixels(3 * 3 * (int)Size.Pixels, seed: 6);
        using var session = Open(classifier.ToBytes(), new() { Normalization = ImageNormalization.ZeroToOne, Scores = kind });

        Numbers.Close(
            classifier.Logits(Normalised(pixels, ImageNormalization.ZeroToOne)), Numbers.Of(session.Forward(tensor(pixels, [3, 3, Size.Height, Size.Width])).Logits!), 1e-5);
    }

    [Fact]
    public void AProbabilityOfZeroStaysFinite()
    {
        using var scope = NewDisposeScope();
        var classifier = new Classifiers(Size, 6) { Tail = (graph, logits) => graph.Softmax(graph.Mul(logits, graph.AddScalar("sharp", 1e4f))) };
        using var session = Open(classifier.ToBytes(), new() { Normalization = ImageNormalization.ZeroToOne });

        var logits = Numbers.Of(session.Forward(tensor(Modules.Pixels(3 * (int)Size.Pixels, seed: 7), [1, 3, Size.Height, Size.Width])).Logits!);

        Assert.Equal(Math.Log(1e-12), logits.Min(), 1e-4);
        Assert.Equal(0, logits.Max(), 1e-6);
    }

    [Fact]
    public void AnUndeclaredNumberOfClassesIsAskedFor()
    {
        using var session = Open(new Classifiers(Size, 6) { Declared = "C" }.ToBytes(), Logits);
        using var fixedBatch = Open(new Classifiers(Size, 6) { Declared = "C", Batch = 4, ChannelsLast = true }.ToBytes(), Logits);

        Assert.Equal((6, 6), (session.ClassCount, fixedBatch.ClassCount));
    }

    [Fact]
    public void ScoresThatAreNotOnePerImageAreRefused()
    {
        using var scope = NewDisposeScope();
        var classifier = new Classifiers(Size, 6)
        {
            Batch = "N",
            Tail = (graph, logits) => graph.AddNode("ReduceMean", [logits], null, OnnxAttribute.Ints("axes", [0])),
        };
        using var session = Open(classifier.ToBytes(), Logits);

        Assert.Equal(
            "model: output 'scores' has 6 values for 2 images; 6 scores for each are expected.",
            Assert.Throws<InvalidDataException>(() => session.Forward(zeros(2, 3, Size.Height, Size.Width))).Message);
    }

    [Fact]
    public void OnlyWhatWasTrainedCountsAsAParameter()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var bytes = StudentExporter.Standalone(module, StudentExporterTests.Describe("resnet8", 3, new(24, 24), new(16, 16)));

        using var session = Open(bytes, new());

        Assert.Equal(module.CountParameters(), session.ParameterCount);
        Assert.Equal(bytes.Length, session.ModelBytes);
    }

    private static OnnxTeacherSession Open(byte[] model, OnnxTeacherOptions options)
    {
        var file = OnnxModelFile.FromBytes(model, "model");
        return new(file, OnnxClassifierShape.Find(file, options), options.Normalization ?? ImageNormalization.Raw, options, new TeacherSettings(CPU, Threads: 1));
    }

    /// <summary>Planes of red, green and blue, as the network wants them.</summary>
    private static double[] Normalised(float[] pixels, ImageNormalization normalization)
    {
        var area = (int)Size.Pixels;
        return [.. pixels.Select((p, i) => (p / 255.0 - normalization.Mean[i / area % 3]) / normalization.Deviation[i / area % 3])];
    }
}
