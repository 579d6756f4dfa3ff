using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

[Collection(nameof(TrainingTests))]
public class ImageClassificationDistillationTrainerTests
{
    private static readonly IReadOnlyList<DrawnRow> Train = Drawn.Rows(96), Unseen = Drawn.Rows(60, seed: 2);
    private readonly MLContext _ml = new(seed: 1);

    // With alpha 1 the labels weigh nothing; a third of the answers would be right by chance.
    [Fact]
    public void ATeacherAloneTeaches()
    {
        using var student = Quick.Fit(Quick.Options(ColourTeacher.Named(Drawn.Classes), epochs: 4, alpha: 1), Train);

        Assert.InRange(Quick.Accuracy(Quick.Scores(student, Drawn.View(_ml, Unseen)), Unseen), .7, 1);
    }

    [Fact]
    public void LabelsAloneTeach()
    {
        using var student = Quick.Fit(Quick.Options(epochs: 4), Train);

        Assert.InRange(Quick.Accuracy(Quick.Scores(student, Drawn.View(_ml, Unseen)), Unseen), .7, 1);
        Assert.Null(student.Report.Teacher);
        Assert.Equal(["task", "total"], student.Report.Terms.Keys.Order());
    }

    // What is saved is float32: the floats of the file are what they would be without.
    [Theory]
    [InlineData(Precision.BFloat16, "BFloat16")]
    [InlineData(Precision.Auto, "(Auto)")]
    public void ABFloat16StudentLearnsAndIsSavedInFloat32(Precision precision, string told)
    {
        using var student = _ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Student = ImageClassifier.ResNet8, Teacher = ColourTeacher.Named(Drawn.Classes), Methods = { new KnowledgeDistillation() }, ImageSize = Quick.Size, Epochs = 4, BatchSize = 16,
            Optimizer = new SgdOptions { LearningRate = .05 }, Schedule = new ConstantRate(), Augmentation = ImageAugmentation.None, Threads = 1, Seed = 1, Precision = precision,
        }).Fit(Drawn.View(_ml, Train));

        Assert.InRange(Quick.Accuracy(Quick.Scores(student, Drawn.View(_ml, Unseen)), Unseen), .7, 1);
        Assert.EndsWith(told, student.Report.Options["Precision"], StringComparison.Ordinal);
        Assert.All(OnnxModelFile.FromBytes(student.ToOnnx(), "student").Initializers.Values, weight => Assert.NotEqual(OnnxElementType.BFloat16, (OnnxElementType)weight.DataType));
    }

    // The teacher takes green for red and red for green: what the student says tells whom it listened to.
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 1)]
    public void AlphaSaysWhetherTeacherOrLabelsTeach(double alpha, double likeTeacher, double likeLabels)
    {
        var wrong = OnnxTeacher.FromBytes(
            ColourTeacher.Model(["green", "red", "blue"]), new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes });
        using var student = Quick.Fit(Quick.Options(wrong, epochs: 4, alpha: alpha), Train);
        var rows = Unseen.Where(r => r.Label != "blue").ToList();
        var scores = Quick.Scores(student, Drawn.View(_ml, rows));

        var swapped = scores.Select(s => (float[])[s[1], s[0], s[2]]).ToArray();
        Assert.Equal(likeTeacher, Quick.Accuracy(swapped, rows), tolerance: .3);
        Assert.Equal(likeLabels, Quick.Accuracy(scores, rows), tolerance: .3);
    }

    [Fact]
    public void ColumnsMayHaveOtherNames()
    {
        var train = Renamed(Train);
        using var student = _ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            LabelColumnName = "Kind",
            ImageColumnName = "Picture",
            ScoreColumnName = "Chances",
            PredictedLabelColumnName = "Guess",
            Student = ImageClassifier.ResNet8,
            ImageSize = Quick.Size,
            Epochs = 4,
            BatchSize = 16,
            Threads = 1,
        }).Fit(train);
        var scored = student.Transform(train);

        Assert.Equal(["Chances", "Guess"], scored.Schema.Select(c => c.Name).Except(train.Schema.Select(c => c.Name)).Order());
        var metrics = _ml.MulticlassClassification.Evaluate(scored, "Kind", "Chances", "Guess");
        Assert.InRange(metrics.MicroAccuracy, .7, 1);
    }

    [Fact]
    public void ColumnsOfAnEarlierModelStay()
    {
        var ml = new MLContext(seed: 1);
        using var first = Quick.Fit(Quick.Options(epochs: 1), Train);
        var scored = first.Transform(Drawn.View(ml, Train));
        using var second = ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            ScoreColumnName = "SecondScore",
            PredictedLabelColumnName = "SecondLabel",
            Student = ImageClassifier.ResNet8,
            ImageSize = Quick.Size,
            Epochs = 1,
            BatchSize = 16,
            Threads = 1,
        }).Fit(scored);

        var both = second.Transform(scored);

        Quick.Close(Quick.Scores(first, Drawn.View(ml, Train)), [.. both.GetColumn<float[]>("Score")], 0);
        Assert.Equal(scored.GetColumn<uint>("PredictedLabel"), both.GetColumn<uint>("PredictedLabel"));
        Assert.NotEqual(both.GetColumn<float[]>("Score").First(), both.GetColumn<float[]>("SecondScore").First());
    }

    [Fact]
    public void LabelsMayBeNumbers()
    {
        var view = _ml.Data.LoadFromEnumerable(Train);
        var model = _ml.Transforms.Conversion.MapValueToKey("Number")
            .Append(_ml.DistillImageClassification(new ImageClassificationDistillationOptions
            {
                LabelColumnName = "Number",
                Student = ImageClassifier.ResNet8,
                ImageSize = Quick.Size,
                Epochs = 4,
                BatchSize = 16,
                Threads = 1,
            }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Guess", "PredictedLabel"))
            .Fit(view);
        var guesses = model.Transform(view).GetColumn<int>("Guess").ToList();

        Assert.Equal(["30", "20", "10"], model.OfType<ImageClassificationDistillationTransformer>().Single().ClassNames);
        Assert.InRange(guesses.Zip(Train).Count(p => p.First == p.Second.Number), .7 * Train.Count, Train.Count);
    }

    // Keys made without values: their numbers name the classes.
    [Fact]
    public void KeysNeedNoValues()
    {
        var keys = _ml.Data.LoadFromEnumerable(Train.Select(r => new KeyRow { Row = r }));
        using var student = _ml.DistillImageClassification(Quick.Options(epochs: 4)).Fit(keys);

        Assert.Equal(["1", "2", "3"], student.ClassNames);
        var metrics = _ml.MulticlassClassification.Evaluate(student.Transform(keys));
        Assert.InRange(metrics.MicroAccuracy, .7, 1);
    }

    [Fact]
    public void ImagesMayComeAsTheBytesOfTheirFiles()
    {
        using var fromImages = Quick.Fit(Quick.Options(), Train);
        var view = _ml.Transforms.CopyColumns("Image", "Bytes").Fit(Drawn.View(_ml, Train)).Transform(Drawn.View(_ml, Train));
        using var fromBytes = _ml.DistillImageClassification(Quick.Options()).Fit(view);

        Assert.Equal(fromImages.ToOnnx(), fromBytes.ToOnnx());
        Quick.Close(Quick.Scores(fromImages, Drawn.View(_ml, Train)), Quick.Scores(fromBytes, view), 0);
    }

    [Fact]
    public void ImagesMayComeAsRawFilesOfAFolder()
    {
        using var folder = new TemporaryFolder();
        var rows = Drawn.Rows(24);
        Drawn.Write(rows, folder.Path);
        var view = Drawn.View(_ml, rows);
        var model = _ml.Transforms.LoadRawImageBytes("Image", folder.Path, "ImagePath").Append(_ml.DistillImageClassification(Quick.Options(epochs: 1))).Fit(view);
        using var student = Quick.Fit(Quick.Options(epochs: 1), rows);

        Quick.Close(Quick.Scores(student, Drawn.View(_ml, rows)), Quick.Scores(model, view), 0);
    }

    [Fact]
    public void TheValidationSetIsMeasuredAfterEveryEpochAndTeachesNothing()
    {
        var listener = new Listener();
        var trainer = _ml.DistillImageClassification(Quick.Options(epochs: 4, progress: listener));
        using var alone = Quick.Fit(Quick.Options(epochs: 4), Train);
        using var validated = trainer.Fit(Drawn.View(_ml, Train), Drawn.View(_ml, Unseen));

        Assert.Equal(alone.ToOnnx(), validated.ToOnnx());
        Assert.Equal((60, 4), (validated.Report.ValidationRows, validated.Report.ValidationAccuracy.Count));
        Assert.Equal(validated.Report.ValidationAccuracy, listener.Of(DistillationPhase.Validating).Select(p => p.ValidationAccuracy!.Value));
        Assert.Equal(Quick.Accuracy(Quick.Scores(validated, Drawn.View(_ml, Unseen)), Unseen), validated.Report.ValidationAccuracy[^1], 6);
        Assert.Empty(alone.Report.ValidationAccuracy);
    }

    [Fact]
    public void TheOptionsMayHoldTheValidationSet()
    {
        using var student = _ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Student = ImageClassifier.ResNet8,
            ImageSize = Quick.Size,
            Epochs = 1,
            Threads = 1,
            ValidationSet = Drawn.View(_ml, Unseen),
        }).Fit(Drawn.View(_ml, Train));

        Assert.Equal(60, student.Report.ValidationRows);
    }

    // 12 rows, a batch of 128: a step of all rows.
    [Fact]
    public void FewRowsMakeOneBatch()
    {
        using var student = Quick.Fit(Quick.Options(epochs: 3, batch: 128), Drawn.Rows(12));

        Assert.Equal((12, 3), (student.Report.TrainingRows, student.Report.Terms["task"].Count));
    }

    private IDataView Renamed(IReadOnlyList<DrawnRow> rows) =>
        _ml.Transforms.CopyColumns("Kind", "Label").Append(_ml.Transforms.CopyColumns("Picture", "Image")).Fit(Drawn.View(_ml, rows)).Transform(Drawn.View(_ml, rows));

    private sealed class KeyRow
    {
        [NoColumn]
        public DrawnRow Row { get; init; } = null!;

        [AnySizeImage]
        public MLImage Image
        {
            get => Row.Image;
            set => throw new NotSupportedException("Drawn images are read only.");
        }

        [KeyType(3)]
        public uint Label
        {
            get => (uint)Array.IndexOf(Drawn.Classes, Row.Label) + 1;
            set => throw new NotSupportedException("Labels are read only.");
        }
    }
}
