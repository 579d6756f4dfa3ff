using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Images without labels: a teacher's word is all there is.</summary>
[Collection(nameof(TrainingTests))]
public class LabelFreeTests(FittedPipeline fitted)
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(96);
    private static readonly IReadOnlyList<DrawnRow> Unseen = Drawn.Rows(60, seed: 2);
    private static readonly OnnxTeacher Teacher = ColourTeacher.Named("blue", "red", "green");
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void TheTeacherAloneTeaches()
    {
        using var student = Fit(Options(Teacher));

        Assert.Equal(["blue", "red", "green"], student.ClassNames);
        Assert.InRange(Accuracy(student), .7, 1);
        Assert.Equal(["kd", "total"], student.Report.Terms.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(student.Report.Terms["kd"].Select(kd => (float)(.9 * kd)), student.Report.Terms["total"].Select(t => (float)t), (a, b) => Math.Abs(a - b) <= 1e-5 * a);
    }

    [Fact]
    public void AnEnsembleTeachesTheClassesItsMembersShare()
    {
        using var student = Fit(Options(new EnsembleTeacher(ColourTeacher.Named("cat", "green", "red", "blue"), StudentTeacher.FromTransformer(fitted.Student))));

        Assert.Equal(["green", "red", "blue"], student.ClassNames);
        Assert.InRange(Accuracy(student), .7, 1);
    }

    [Fact]
    public void AModelsSlotNamesAreTheClasses()
    {
        using var student = Fit(Options(new TransformerTeacher(fitted.Student)));

        Assert.Equal(Drawn.Classes, student.ClassNames);
        Assert.InRange(Accuracy(student), .7, 1);
    }

    // With labels in the order of the teacher's classes, every column comes out alike.
    [Fact]
    public void OutputsCarryTheAnnotationsTheyAlwaysDo()
    {
        using var labelled = Quick.Fit(Quick.Options(ColourTeacher.Named(Drawn.Classes), epochs: 1), Rows);
        using var free = Fit(Options(ColourTeacher.Named(Drawn.Classes), epochs: 1));
        var data = Drawn.View(_ml, Rows);

        Assert.Equal(SchemaText.Of(labelled.GetOutputSchema(data.Schema)), SchemaText.Of(free.GetOutputSchema(data.Schema)));
    }

    [Fact]
    public void ThePromisedSchemaIsTheFittedOne()
    {
        var probe = new Shapes.Probe();
        var data = Unlabelled();
        var model = _ml.DistillImageClassification(Options(Teacher, epochs: 1)).Append(probe).Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel")).Fit(data);

        var schema = model.GetOutputSchema(data.Schema);
        Assert.Equal(["Image", "Name", "PredictedLabel", "Score"], schema.Where(c => !c.IsHidden).Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["Image", "PredictedLabel", "Score"], probe.Seen!.Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.All(model.Transform(data).GetColumn<string>("Name"), name => Assert.Contains(name, Drawn.Classes));
        (model as IDisposable)?.Dispose();
    }

    [Fact]
    public void SavedAndLoadedItPredictsTheSame()
    {
        using var folder = new TemporaryFolder();
        using var student = Fit(Options(Teacher));
        var data = Unlabelled();
        _ml.Model.Save(student, data.Schema, folder["student.zip"]);

        var loaded = _ml.Model.Load(folder["student.zip"], out _);

        Quick.Close(Quick.Scores(student, data), Quick.Scores(loaded, data), 0);
        Quick.Close(PlainOnnx.Run(student.ToOnnx(), Rows, size: 8), Quick.Scores(loaded, data), 1e-4);
        Assert.Equal(SchemaText.Of(student.GetOutputSchema(data.Schema), hidden: true), SchemaText.Of(loaded.GetOutputSchema(data.Schema), hidden: true));
        (loaded as IDisposable)?.Dispose();
    }

    // Its keys come in an order of its own, and it need not have every class.
    [Fact]
    public void ALabelledValidationSetIsStillMeasured()
    {
        IReadOnlyList<DrawnRow> some = [.. Unseen.Where(r => r.Label != "blue")];
        var view = _ml.Data.LoadFromEnumerable(some);
        var validation = _ml.Transforms.Conversion.MapValueToKey("Truth", "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(view).Transform(view);
        using var student = Fit(Options(Teacher, validation: validation, validationLabel: "Truth"));

        var scores = Quick.Scores(student, validation);
        var right = scores.Zip(some).Count(p => student.ClassNames[Array.IndexOf(p.First, p.First.Max())] == p.Second.Label) / (double)some.Count;
        Assert.Equal(4, student.Report.ValidationAccuracy.Count);
        Assert.Equal(right, student.Report.ValidationAccuracy[^1], 1e-9);
        Assert.InRange(right, .6, 1);
    }

    [Fact]
    public void AClassTheTeacherDoesNotKnowCantBeMeasured()
    {
        var view = _ml.Data.LoadFromEnumerable(Unseen);
        var validation = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);

        var error = Assert.Throws<ArgumentException>(() => Fit(Options(ColourTeacher.Named("red", "green"), validation: validation, validationLabel: "Label")));

        Assert.Equal("Label column 'Label' has a class 'blue', which is none of red, green. (Parameter 'classes')", error.Message);
    }

    [Fact]
    public void ATeacherWithoutNamesIsAnError() => Assert.Equal(
        "ONNX teacher (from bytes) does not say what its classes are called, and without labels (LabelColumnName is null) nothing else does: give it its class names.",
        Assert.Throws<InvalidDataException>(() => Fit(Options(ColourTeacher.Unnamed("red", "green", "blue")))).Message);

    [Fact]
    public void TeachersThatAgreeOnOneClassAreAnError() => Assert.EndsWith(
        " knows 1 class (red); a classifier needs at least 2.",
        Assert.Throws<InvalidDataException>(() => Fit(Options(new EnsembleTeacher(ColourTeacher.Named("red", "dog"), ColourTeacher.Named("cat", "red"))))).Message, StringComparison.Ordinal);

    [Fact]
    public void WhatNeedsLabelsIsRefused()
    {
        const string Why = " learns from labels, and there are none (LabelColumnName is null): choose a method that learns from the teacher alone, such as KnowledgeDistillation.";
        foreach (var uses in new[] { BatchParts.Labels, BatchParts.OneLabel, BatchParts.SameClassImage })
        {
            var options = Options(Teacher);
            options.Methods.Add(new ByLabel(uses));

            Assert.Equal($"Options of DistillImageClassification: ByLabel{Why} (Parameter 'options')", Fault(options));
            var methods = new DistillationMethod[] { new ByLabel(uses), new KnowledgeDistillation() };
            Assert.Null(Record.Exception(() => Quick.Fit(Options(Teacher, label: "Label", methods: methods), Drawn.Rows(16)).Dispose()));
        }
    }

    [Fact]
    public void FaultsOfTheOptionsAreTold()
    {
        Assert.Equal(
            "Options of DistillImageClassification: LabelColumnName is null, so that only a teacher could say what images show, and Teacher is null: set one of them. (Parameter 'options')",
            Fault(new() { LabelColumnName = null }));
        Assert.Equal(
            "Options of DistillImageClassification: LabelColumnName is null, and no method learns from the teacher's logits, so that nothing would train the student's classifier: add new KnowledgeDistillation(). (Parameter 'options')",
            Fault(Options(Teacher, methods: [new ByLabel(BatchParts.None)])));
        Assert.Equal(
            "Options of DistillImageClassification: There is validation data, but no label to measure on: LabelColumnName is null, and so is ValidationLabelColumnName; name the validation data's label there. (Parameter 'options')",
            Fault(Options(Teacher, validation: Unlabelled())));
        Assert.StartsWith(
            "There is validation data, but no label to measure on",
            Assert.Throws<ArgumentException>(() => _ml.DistillImageClassification(Options(Teacher)).Fit(Unlabelled(), Unlabelled())).Message, StringComparison.Ordinal);
        Assert.Equal(
            "Options of DistillImageClassification: ValidationLabelColumnName is empty; name a column. (Parameter 'options')", Fault(new() { ValidationLabelColumnName = "" }));
    }

    private static string Fault(ImageClassificationDistillationOptions options) => Assert.Throws<ArgumentException>(options.Validate).Message;

    private static ImageClassificationDistillationOptions Options(
        Teacher teacher, int epochs = 4, IDataView? validation = null, string? validationLabel = null, string? label = null, IList<DistillationMethod>? methods = null) => new()
        {
            LabelColumnName = label,
            Teacher = teacher,
            Student = ImageClassifier.ResNet8,
            Methods = methods ?? [new KnowledgeDistillation()],
            ImageSize = Quick.Size,
            Epochs = epochs,
            BatchSize = 16,
            Optimizer = new SgdOptions { LearningRate = .05 },
            Schedule = new ConstantRate(),
            Augmentation = ImageAugmentation.None,
            Threads = 1,
            Seed = 1,
            ValidationSet = validation,
            ValidationLabelColumnName = validationLabel,
        };

    private IDataView Unlabelled() => _ml.Transforms.SelectColumns("Image").Fit(_ml.Data.LoadFromEnumerable(Rows)).Transform(_ml.Data.LoadFromEnumerable(Rows));

    private ImageClassificationDistillationTransformer Fit(ImageClassificationDistillationOptions options) => _ml.DistillImageClassification(options).Fit(Unlabelled());

    private double Accuracy(ImageClassificationDistillationTransformer student)
    {
        var scores = Quick.Scores(student, _ml.Data.LoadFromEnumerable(Unseen));
        return scores.Zip(Unseen).Count(p => student.ClassNames[Array.IndexOf(p.First, p.First.Max())] == p.Second.Label) / (double)Unseen.Count;
    }

    /// <summary>A method that says it needs labels, and adds nothing.</summary>
    private sealed class ByLabel(BatchParts uses) : DistillationMethod
    {
        public override string Name => nameof(ByLabel);

        internal override BatchParts Uses => uses;

        internal override void Validate(Faults faults)
        {
        }

        internal override DistillationLoss CreateLoss(LossContext context) => new Nothing();

        private sealed class Nothing : DistillationLoss
        {
            public override IReadOnlyList<LossTerm> Compute(LossInput input) => [];
        }
    }
}
