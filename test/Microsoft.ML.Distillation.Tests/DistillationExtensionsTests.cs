using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.Teachers;

namespace Microsoft.ML.Distillation.Tests;

[Collection(nameof(TrainingTests))]
public class DistillationExtensionsTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);
    private readonly MLContext _ml = new(seed: 1);

    // The short door at its defaults would train for 30 epochs at 32×32: it is stopped after its first batch, and the log tells what it set out to do.
    [Fact]
    public void TheShortDoorIsTheLongOneWithDefaults()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) =>
        {
            lines.Add(e.RawMessage);
            if (e.RawMessage.StartsWith("Training: ", StringComparison.Ordinal))
                throw new OperationCanceledException(e.RawMessage);
        };
        var trainer = _ml.DistillImageClassification(ColourTeacher.Named(Drawn.Classes), ImageClassifier.ResNet8, validationSet: Drawn.View(_ml, Rows));

        var stopped = Assert.Throws<OperationCanceledException>(() => trainer.Fit(Drawn.View(_ml, Rows)));

        Assert.Equal("Training: 30 epochs of 1 batches of 48 images.", stopped.Message);
        Assert.Contains("Opening the teacher: ONNX teacher (from bytes).", lines);
        Assert.Contains("Reading the validation images at 32×32 pixels.", lines);
    }

    [Fact]
    public void TheShortDoorTakesColumnNames()
    {
        var data = _ml.Transforms.CopyColumns("Kind", "Label").Append(_ml.Transforms.CopyColumns("Picture", "Image")).Append(_ml.Transforms.SelectColumns("Kind", "Picture"))
            .Fit(Drawn.View(_ml, Rows)).Transform(Drawn.View(_ml, Rows));
        var trainer = _ml.DistillImageClassification(ColourTeacher.Named(Drawn.Classes), ImageClassifier.ResNet8, "Kind", "Picture", "Chances", "Guess");

        Assert.Equal(["Chances", "Guess", "Kind", "Picture"], trainer.GetOutputSchema(Shapes.Of(data)).Select(c => c.Name).Order());
    }

    [Fact]
    public void NullsAreRefused()
    {
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => _ml.DistillImageClassification(null!)).ParamName);
        Assert.Equal("teacher", Assert.Throws<ArgumentNullException>(() => _ml.DistillImageClassification(null!, ImageClassifier.ResNet8)).ParamName);
        Assert.Equal("ml", Assert.Throws<ArgumentNullException>(() => ((MLContext)null!).DistillImageClassification(Quick.Options())).ParamName);
        Assert.Equal("input", Assert.Throws<ArgumentNullException>(() => _ml.DistillImageClassification(Quick.Options()).Fit(null!)).ParamName);
    }

    [Fact]
    public void FaultyOptionsAreRefusedAtTheDoor()
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.DistillImageClassification(Quick.Options(epochs: 0, batch: 1)));

        Assert.Contains("BatchSize is 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Epochs is 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATeacherIsMeasured()
    {
        var teacher = ColourTeacher.Model(Drawn.Classes);

        var metrics = _ml.EvaluateTeacher(OnnxTeacher.FromBytes(teacher, new() { Normalization = ImageNormalization.ZeroToOne }), Drawn.View(_ml, Rows), imageSize: Quick.Size);

        Assert.Equal((48, 9L, (long)teacher.Length), (metrics.Rows, metrics.Parameters!.Value, metrics.ModelBytes!.Value));
        Assert.InRange(metrics.Accuracy, .95, 1);
    }

    // Without names the outputs count as the keys' order, with names as their own.
    [Theory]
    [InlineData(false, 0, .4)]
    [InlineData(true, .95, 1)]
    public void NamesDecideWhichOutputIsWhichClass(bool named, double least, double most)
    {
        var teacher = named ? ColourTeacher.Named("green", "blue", "red") : ColourTeacher.Unnamed("green", "blue", "red");

        Assert.InRange(_ml.EvaluateTeacher(teacher, Drawn.View(_ml, Rows), imageSize: Quick.Size).Accuracy, least, most);
    }

    [Fact]
    public void ATeacherIsMeasuredOnBytesAndOtherColumnsToo()
    {
        var data = _ml.Transforms.CopyColumns("Kind", "Label").Fit(Drawn.View(_ml, Rows)).Transform(Drawn.View(_ml, Rows));

        Assert.InRange(_ml.EvaluateTeacher(ColourTeacher.Named(Drawn.Classes), data, "Kind", "Bytes", imageSize: Quick.Size).Accuracy, .95, 1);
    }

    [Fact]
    public void NoRowsToMeasureOnAreAnError()
    {
        var data = _ml.Data.TakeRows(Drawn.View(_ml, Rows), 0);

        Assert.Equal("The evaluation data has no rows.", Assert.Throws<InvalidDataException>(() => _ml.EvaluateTeacher(ColourTeacher.Named(Drawn.Classes), data, imageSize: Quick.Size)).Message);
    }

    // The colours' teacher takes any size, and another may well answer differently at each.
    [Fact]
    public void ATeacherOfAnySizeIsMeasuredAtTheSizeAskedFor()
    {
        var data = Drawn.View(_ml, Rows);
        Assert.Equal(
            "ONNX teacher (from bytes) takes images of any size, and its answers depend on it: say at which (imageSize), such as the student's. (Parameter 'imageSize')",
            Assert.Throws<ArgumentException>(() => _ml.EvaluateTeacher(ColourTeacher.Named(Drawn.Classes), data)).Message);
        Assert.Equal(
            "imageSize is 0×8; both sides must be at least 1 pixel. (Parameter 'imageSize')",
            Assert.Throws<ArgumentException>(() => _ml.EvaluateTeacher(ColourTeacher.Named(Drawn.Classes), data, imageSize: new(0, 8))).Message);
        var seen = new List<string>();
        _ml.EvaluateTeacher(new WatchedTeacher(ColourTeacher.Named(Drawn.Classes), seen), data, imageSize: new(4, 6));
        Assert.Equal(Rows.Count, seen.Count);
        Assert.All(seen, hex => Assert.Equal(2 * 3 * 4 * 6, hex.Length));
    }

    [Fact]
    public void ATeacherOfOneSizeNeedsNone()
    {
        var teacher = OnnxTeacher.FromBytes(ColourTeacher.Model(Drawn.Classes, size: 8), new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes });

        Assert.InRange(_ml.EvaluateTeacher(teacher, Drawn.View(_ml, Rows)).Accuracy, .95, 1);
        Assert.InRange(_ml.EvaluateTeacher(teacher, Drawn.View(_ml, Rows), imageSize: new(16, 4)).Accuracy, .9, 1);
    }

    [Fact]
    public void AFaultyTeacherIsNotMeasured() => Assert.Equal(
        "Teacher: ONNX teacher (from bytes) has class names that are not distinct. (Parameter 'teacher')",
        Assert.Throws<ArgumentException>(() => _ml.EvaluateTeacher(OnnxTeacher.FromBytes(ColourTeacher.Model(Drawn.Classes), new() { ClassNames = ["red", "red", "blue"] }), Drawn.View(_ml, Rows))).Message);
}
