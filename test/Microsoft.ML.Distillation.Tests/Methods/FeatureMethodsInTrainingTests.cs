using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>The methods that learn from features, in the training loop, with another student of this library as the teacher.</summary>
public class FeatureMethodsInTrainingTests
{
    private const int Classes = 7, Rows = 40;
    private static readonly ImageSize Size = new(9, 8);
    private static readonly byte[] Teacher = ExportedTeacher();

    public static TheoryData<string> Names => [.. Methods.Keys];

    private static Dictionary<string, (DistillationMethod Method, string[] Terms)> Methods => new()
    {
        ["attention"] = (new AttentionTransfer(), ["at"]),
        ["gradients"] = (new GradientAttentionTransfer(), ["gradient at"]),
        ["gradients at a stage"] = (new GradientAttentionTransfer { Pair = new(2, 2) }, ["gradient at"]),
        ["similarities"] = (new SimilarityPreserving(), ["sp"]),
        ["relations"] = (new RelationalDistillation(), ["rkd angle", "rkd distance"]),
        ["correlations"] = (new CorrelationCongruence(), ["cc"]),
        ["correlations, as in code"] = (new CorrelationCongruence { Form = CorrelationForm.Code }, ["cc"]),
        ["hint"] = (new HintDistillation(), ["hint"]),
        ["flow"] = (new FspDistillation(), ["fsp"]),
        ["projectors"] = (new ProjectorEnsemble(), ["pefd"]),
        ["contrast"] = (new ContrastiveDistillation { Negatives = 30 }, ["crd"]),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void ARunCanBeRepeatedToTheBit(string name)
    {
        var (method, terms) = Methods[name];

        var (weights, history) = Train([method]);
        var (again, _) = Train([method]);

        Assert.Equal([.. terms.Append("task").Append("total").Order(StringComparer.Ordinal)], history.Terms.Keys.Order(StringComparer.Ordinal));
        Assert.All(terms, term => Assert.All(history.Terms[term], value => Assert.True(value > 0, $"{term} is {value}.")));
        Assert.Equal(weights, again);
        Assert.NotEqual(Train([]).Weights, weights);
    }

    [Fact]
    public void AllWorkTogether()
    {
        var history = Train([.. Methods.Values.Select(m => m.Method)], rate: 1e-4).History;

        Assert.Equal(Methods.Values.Sum(m => m.Terms.Length) + 2, history.Terms.Count);
        Assert.All(history.Terms.Values, values => Assert.All(values, value => Assert.True(double.IsFinite(value))));
    }

    [Fact]
    public void OnnxRuntimeGivesNoGradients() => Assert.Contains(
        "gives no gradients, which a method learns from: take a teacher in TorchSharp",
        Assert.Throws<InvalidDataException>(() => Train(
            [new GradientAttentionTransfer()], from: OnnxTeacher.FromBytes(new Classifiers(Size, Classes).ToBytes(), new OnnxTeacherOptions { Engine = OnnxTeacherEngine.OnnxRuntime }))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ATeacherThatPyTorchExportedGivesGradients()
    {
        var teacher = OnnxTeacher.FromFile(Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", "resnet9.onnx"));

        var (weights, history) = Train([new GradientAttentionTransfer()], from: teacher);

        Assert.All(history.Terms["gradient at"], value => Assert.True(value > 0));
        Assert.NotEqual(Train([]).Weights, weights);
    }

    [Fact]
    public void GradientsOfAnOnnxTeacherAreThoseOfTheSameTeacherInTorchSharp()
    {
        var (expected, _) = Train([new GradientAttentionTransfer { Normalize = true }]);

        var (actual, history) = Train([new GradientAttentionTransfer { Normalize = true }], from: OnnxTeacher.FromBytes(Teacher));

        Assert.All(history.Terms["gradient at"], value => Assert.True(value > 0));
        foreach (var (name, weights) in expected)
            Numbers.Close(weights.Doubles(), actual[name].Doubles(), 1e-3);
    }

    private static (Dictionary<string, float[]> Weights, TrainingHistory History) Train(
        IReadOnlyList<DistillationMethod> methods, double rate = .001, Distillation.Teacher? from = null)
    {
        var settings = new TrainingSettings(
            Epochs: 2, BatchSize: 8, new SgdOptions { LearningRate = rate }, new ConstantRate(), new ImageAugmentation { CropPadding = 1 }, [.. methods], Seed: 1, CancellationToken.None);
        var parts = methods.Aggregate(TeacherParts.None, (all, method) => all | method.Needs);
        using var module = new CifarResNet(8, [4, 4, 6, 8], Classes);
        WeightInitializer.Initialize(module, seed: 1);
        using var store = Stores.Numbered(Rows, Size);
        using var view = new PixelTransforms(Size, Size, ImageNormalization.Cifar10, CPU);
        using var teacher = OpenedTeacher.Open(from ?? StudentTeacher.FromOnnx(Teacher), new TeacherSettings(CPU, Threads: 1, parts), Modules.Classes(Classes));
        using var channel = ((IHostEnvironment)new MLContext(seed: 1)).Start("test");
        var inputs = new TrainingInputs(module, view, Size, store, null, teacher, CPU);
        using var task = new ClassificationTask(settings, inputs);
        using var loop = new TrainingLoop(settings, task, new ProgressReporter(null, channel, settings.Epochs));
        var history = loop.Run();
        return (Modules.Weights(module), history);
    }

    private static byte[] ExportedTeacher()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes);
        return StudentExporter.Standalone(
            // One deviation for all channels: an ONNX file's gradients are by its own input, before it normalises, and are alike but for a factor only then.
            module, new StudentDescription(ImageClassifier.ResNet8.Name, Modules.Classes(Classes), Size, Size, ImageNormalization.MinusOneToOne, "none"));
    }
}
