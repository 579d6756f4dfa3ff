using Microsoft.ML.Distillation.Tests.Teachers;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Teachers of every kind, whose word alone (α = 1: the labels have no weight) teaches a student what it can't know otherwise.</summary>
[Collection(nameof(TrainingTests))]
public class TeacherKindsTests(FittedPipeline fitted)
{
    private const double Enough = .7; // of three classes; by chance it is .33
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(96);
    private static readonly IReadOnlyList<DrawnRow> Unseen = Drawn.Rows(60, seed: 2);
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void AStudentTeaches() => Teaches(StudentTeacher.FromTransformer(fitted.Student));

    // Ten teachers with classes in orders, sizes and numbers of their own make one student.
    [Fact]
    public void TenTeachersMakeOneStudent()
    {
        var members = Enumerable.Range(0, 9).Select(i => ColourTeacher.Named([.. Rotated(i), .. i % 2 == 0 ? ["cat"] : Array.Empty<string>()])).Append<Teacher>(StudentTeacher.FromTransformer(fitted.Student));

        Teaches(new EnsembleTeacher([.. members]) { Weights = [.. Enumerable.Range(1, 10).Select(i => (double)i)] });
    }

    [Fact]
    public void AnEnsembleOfOneIsAsGoodAsThatOne()
    {
        using var alone = Quick.Fit(Quick.Options(ColourTeacher.Named("blue", "red", "green")), Rows);
        using var ensemble = Quick.Fit(Quick.Options(new EnsembleTeacher(ColourTeacher.Named("blue", "red", "green"))), Rows);

        Assert.Equal(alone.Report.Terms["kd"], ensemble.Report.Terms["kd"], (a, b) => Math.Abs(a - b) <= 1e-4 * Math.Abs(a));
    }

    [Fact]
    public void AMemberWithItsClassesInAnotherOrderIsFoundOut()
    {
        var ensemble = new EnsembleTeacher(ColourTeacher.Named("red", "green", "blue"), ColourTeacher.Unnamed("blue", "green", "red"));

        var error = Assert.Throws<InvalidDataException>(() => Quick.Fit(Quick.Options(ensemble), Rows));

        Assert.StartsWith("ONNX teacher (from bytes) has its classes in another order than the labels' keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyNetworkTeaches()
    {
        using var network = TinyNetwork.OfColours();
        network.train();

        Teaches(new ModuleTeacher(network, new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes }));

        Assert.True(network.training);
        Assert.All(network.parameters(), p => Assert.True(p.requires_grad));
        Assert.All(network.parameters(), p => Assert.Null(p.grad));
    }

    [Fact]
    public void AnyModelTeaches() => Teaches(new TransformerTeacher(fitted.Student));

    // By its own columns, whatever they are: here a number that tells the class, and no pixels.
    [Fact]
    public void AModelThatLooksAtOtherColumnsTeaches()
    {
        var model = _ml.Transforms.Conversion.ConvertType("Value", "Number")
            .Append(_ml.Transforms.Concatenate("Features", "Value"))
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Features", l1Regularization: 0, l2Regularization: .001f))
            .Fit(Drawn.View(_ml, Rows));

        Teaches(new TransformerTeacher(model));
    }

    [Fact]
    public void CroppedImagesNeedLeave()
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.DistillImageClassification(new TransformerTeacher(fitted.Student), ImageClassifier.ResNet8));

        Assert.Contains("transformer teacher scores every image once, as it is, and Augmentation changes images further than mirroring does (CropPadding 4)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryKindCanBeMeasured()
    {
        using var network = TinyNetwork.OfColours();
        var data = Drawn.View(_ml, Unseen);
        var module = _ml.EvaluateTeacher(new ModuleTeacher(network, new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes }), data, imageSize: Quick.Size);
        var colours = _ml.EvaluateTeacher(ColourTeacher.Named("red", "green", "blue"), data, imageSize: Quick.Size);
        var student = _ml.EvaluateTeacher(StudentTeacher.FromTransformer(fitted.Student), data);
        var transformer = _ml.EvaluateTeacher(new TransformerTeacher(fitted.Student), data);

        Assert.Equal(colours.Accuracy, module.Accuracy); // the same formula
        Assert.Equal(12, module.Parameters);
        Assert.Equal(student.Accuracy, transformer.Accuracy);
    }

    private static string[] Rotated(int by) => [.. Enumerable.Range(0, 3).Select(i => Drawn.Classes[(i + by) % 3])];

    private static ImageClassificationDistillationOptions Options(Teacher teacher) => Quick.Options(teacher, epochs: 4, alpha: 1);

    private void Teaches(Teacher teacher)
    {
        using var student = Quick.Fit(Options(teacher), Rows);

        Assert.InRange(Quick.Accuracy(Quick.Scores(student, Drawn.View(_ml, Unseen)), Unseen), Enough, 1);
        Assert.Equal(teacher.Name, student.Report.Teacher);
        Assert.Contains("kd", student.Report.Terms.Keys);
    }
}
