using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

public sealed class TransformerDetectorTeacherTests : IDisposable
{
    private static readonly string[] Classes = ["blue", "red", "tree"];
    private readonly MLContext _ml = new(seed: 1);
    private readonly DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BoxesAreLetterboxedByTheirImages(bool keys)
    {
        var rows = Rows();
        using var session = Teacher(rows, keys ? null : new() { ClassNames = Classes }, keys ? Classes : null).Open(Settings(rows));

        // 100×50 lies in lines 16 to 48 of 64×64, 32×64 in columns 16 to 48.
        var found = Sketch.Lines(session.Detect(zeros(3, 3, 64, 64), [2, 0, 1]));

        Sketch.Same(found, [0, 2, .9, 16, 0, 26, 64], [1, 1, .75, 6.4, 22.4, 32, 48], [1, 0, .5, 0, 16, 64, 48]);
        Assert.Equal((3, null, null, null), (session.ClassCount, session.InputSize, session.ParameterCount, session.ModelBytes));
        Assert.Equal(Classes, session.ClassNames);
        Assert.Null(session.Describe(new(64, 64)));
    }

    // Rows whose images can't be read are known only once the images were read, after the teacher is opened.
    [Fact]
    public void RowsLeftOutAreLeftOutHereToo()
    {
        var (rows, log) = (Rows(), new RowLog(BadImages.Skip));
        using var session = Teacher(rows, null, Classes).Open(Settings(new KeptRows(rows, log)));
        log.Skip(new("training", 0, "no image", null));

        Sketch.Same(Sketch.Lines(session.Detect(zeros(2, 3, 64, 64), [0, 1])), [1, 2, .9, 16, 0, 26, 64]);
    }

    // They are read when the teacher is opened: images in memory may be gone afterwards. One that can't be read is told of only if it is asked about.
    [Fact]
    public void RowsThatMayBeLeftOutAreReadBeforehand()
    {
        var log = new RowLog(BadImages.Skip);
        var reads = 0;
        var rows = FoundRow.View(_ml, FoundRow.Of(8, 8, []), new FoundRow(), FoundRow.Of(100, 50, [], ("red", .5f, [0, 0, 100, 50])));
        using var session = Teacher(rows, null, Classes).Open(Settings(new KeptRows(new Counted(rows, () => reads++), log)));
        var before = reads;

        Assert.Contains("row 1 has no image", Assert.Throws<InvalidDataException>(() => session.Detect(zeros(1, 3, 64, 64), [1])).Message, StringComparison.Ordinal);
        log.Skip(new("training", 1, "no image", null));

        Sketch.Same(Sketch.Lines(session.Detect(zeros(2, 3, 64, 64), [0, 1])), [1, 1, .5, 0, 16, 64, 48]);
        Assert.Equal((true, before), (before > 0, reads));
    }

    [Fact]
    public void AFileThatIsNoImageIsToldByItsRowOrLeftOut()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 3; i++)
        {
            using var image = Scenes.Image(64, 64);
            image.Save(folder[$"{i}.png"]);
        }
        File.WriteAllText(folder["1.png"], "no image");
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new FileRow { ImagePath = folder[$"{i}.png"], Seen = ["red"], Sure = [.5f + .1f * i], Where = [0, 0, 32, 64] }));
        var rows = _ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(data).Transform(data);
        var log = new RowLog(BadImages.Skip);

        Assert.Contains(": row 1 can't be read: ", Refusal(rows, null, Classes), StringComparison.Ordinal);
        using var session = Teacher(rows, null, Classes).Open(Settings(new KeptRows(rows, log)));
        log.Skip(new("training", 1, "no image", null));

        Sketch.Same(Sketch.Lines(session.Detect(zeros(2, 3, 64, 64), [0, 1])), [0, 1, .5, 0, 0, 32, 64], [1, 1, .7, 0, 0, 32, 64]);
    }

    [Fact]
    public void AModelMayDropColumns()
    {
        var rows = Rows();
        var model = FoundRow.Model(_ml, rows, Classes);
        var narrow = model.Append(_ml.Transforms.SelectColumns("PredictedLabel", "Score", "PredictedBoundingBoxes").Fit(model.Transform(rows)));
        using var session = new TransformerDetectorTeacher(narrow).Open(Settings(rows));

        Assert.Equal(2, session.Detect(zeros(1, 3, 64, 64), [0]).Scores.shape[0]);
    }

    [Fact]
    public void ClassesOfTextAreToBeNamed()
    {
        var rows = Rows();

        Assert.Equal(
            "transformer detector: its column 'PredictedLabel' holds text, which does not tell what classes there are; name them in TransformerDetectorTeacherOptions.ClassNames.", Refusal(rows, null, null));
        Assert.Equal(
            "transformer detector: row 2: object 0 is a 'tree', which TransformerDetectorTeacherOptions.ClassNames doesn't name.", Refusal(rows, new() { ClassNames = ["blue", "red"] }, null));
    }

    [Fact]
    public void RowsThatDontFitAreNamed()
    {
        string Message(FoundRow row) => Refusal(FoundRow.View(_ml, FoundRow.Of(8, 8, []), row), null, Classes);

        Assert.Equal(
            "transformer detector: row 1: there are 1 scores and 3 numbers of boxes for 1 labels; one score and x0 y0 x1 y1 are needed for each.", Message(FoundRow.Of(8, 8, [], ("red", 1, [1, 2, 3]))));
        Assert.Equal("transformer detector: row 1: a score or a box is not a number.", Message(FoundRow.Of(8, 8, [], ("red", float.NaN, [1, 2, 3, 4]))));
        Assert.Equal("transformer detector: row 1: object 0 has no class.", Message(FoundRow.Of(8, 8, [], ("house", 1, [1, 2, 3, 4]))));
    }

    [Fact]
    public void WhatCantBeUsedIsRefused()
    {
        var rows = Rows();

        Assert.Equal(
            "transformer detector gives no column 'Species'; name the right one in TransformerDetectorTeacherOptions.PredictedLabelColumnName.",
            Refusal(rows, new() { PredictedLabelColumnName = "Species" }, Classes));
        Assert.StartsWith(
            "Score column 'Seen' is ", Assert.Throws<ArgumentException>(() => Teacher(rows, new() { ScoreColumnName = "Seen" }, Classes).Open(Settings(rows))).Message, StringComparison.Ordinal);
        Assert.StartsWith("transformer detector: its column 'Sure' is ", Refusal(rows, new() { PredictedLabelColumnName = "Sure" }, Classes), StringComparison.Ordinal);
        Assert.Equal(
            "transformer detector looks at the rows of a data view, and there are only images here.",
            Assert.Throws<InvalidDataException>(() => Teacher(rows, null, Classes).Open(new(CPU, 1, DetectionParts.None))).Message);
        Assert.StartsWith(
            "transformer detector gives boxes alone, and a method wants its raw predictions; ",
            Assert.Throws<InvalidDataException>(() => Teacher(rows, null, Classes).Open(Settings(rows) with { Parts = DetectionParts.Heads })).Message, StringComparison.Ordinal);
        var faults = new Faults("Options");
        Teacher(rows, new() { Name = "", ScoreColumnName = " ", ClassNames = [] }, Classes).Validate(faults);
        Assert.Contains("3 faults", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledRunStops()
    {
        using var cancellation = new CancellationTokenSource();
        var rows = Rows();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => Teacher(rows, null, Classes).Open(Settings(rows) with { Cancellation = cancellation.Token }));
    }

    [Fact]
    public void ItIsMeasuredAsItsColumnsWouldBe()
    {
        var data = Measured();
        var model = FoundRow.Model(_ml, data, "tree", "green", "blue", "red");
        var expected = _ml.EvaluateObjectDetection(model.Transform(data));

        var metrics = _ml.EvaluateTeacher(new TransformerDetectorTeacher(model), data);

        Assert.InRange(expected.MeanAveragePrecision, .1, .9);
        Assert.Equal(expected.Images, metrics.Images);
        Assert.Equal(expected.MeanAveragePrecision, metrics.MeanAveragePrecision, 1e-9);
        Assert.Equal(expected.MeanAveragePrecision75, metrics.MeanAveragePrecision75, 1e-9);
        Assert.Equal(expected.MeanAveragePrecisionSmall, metrics.MeanAveragePrecisionSmall, 1e-9);
        Assert.Equal(expected.MeanAveragePrecisionLarge, metrics.MeanAveragePrecisionLarge, 1e-9);
        Assert.Equal(["red", "green", "blue"], metrics.PerClass.Select(c => c.Name));
    }

    [Fact]
    public void AnOnnxDetectorIsMeasuredOnLetterboxedImages()
    {
        // It finds a red object in the upper left quarter of its 32×32 pixels, and nothing green.
        var file = new Sketch(new Drawing("output0", [0, 0, 16, 16, .9f, 1], [1, 6])).ToTeacher(new() { ClassNames = ["blue", "red"] });
        var data = FoundRow.View(_ml, FoundRow.Of(100, 100, [("red", [0, 0, 50, 50])]), FoundRow.Of(64, 64, [("red", [0, 0, 32, 32]), ("green", [40, 40, 50, 50])]));

        var metrics = _ml.EvaluateTeacher(file, data);

        Assert.Equal(2, metrics.Images);
        Assert.Equal(.5, metrics.MeanAveragePrecision, 1e-9);
        Assert.Equal([1, 0, double.NaN], metrics.PerClass.Select(c => c.AveragePrecision), (a, b) => Math.Abs(a - b) < 1e-9 || (double.IsNaN(a) && double.IsNaN(b)));
    }

    [Fact]
    public void ADetectorOfAnySizeNeedsOne()
    {
        var teacher = new Sketch(new Drawing("output0", [0, 0, 16, 16, .9f, 0], [1, 6])) { AnySize = true }.ToTeacher(new() { ClassNames = ["red"] });
        var data = FoundRow.View(_ml, FoundRow.Of(64, 64, [("red", [0, 0, 16, 16])]));

        Assert.StartsWith(
            "ONNX detector (from bytes) takes images of any size, and what it finds depends on it: say at which (imageSize), such as the student's.",
            Assert.Throws<ArgumentException>(() => _ml.EvaluateTeacher(teacher, data)).Message, StringComparison.Ordinal);
        Assert.Equal(1, _ml.EvaluateTeacher(teacher, data, imageSize: new(64, 64)).MeanAveragePrecision, 1e-9);
        Assert.StartsWith("Teacher: imageSize is 0×64", Assert.Throws<ArgumentException>(() => _ml.EvaluateTeacher(teacher, data, imageSize: new(0, 64))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _scope.Dispose();

    private static DetectorTeacherSettings Settings(IDataView rows) => new(CPU, 1, DetectionParts.None) { Rows = rows };

    private sealed class FileRow
    {
        public string ImagePath { get; set; } = "";

        public string[] Seen { get; set; } = [];

        public float[] Sure { get; set; } = [];

        public float[] Where { get; set; } = [];
    }

    private TransformerDetectorTeacher Teacher(IDataView rows, TransformerDetectorTeacherOptions? options, string[]? classes) => new(FoundRow.Model(_ml, rows, classes), options);

    private string Refusal(IDataView rows, TransformerDetectorTeacherOptions? options, string[]? classes) =>
        Assert.Throws<InvalidDataException>(() => Teacher(rows, options, classes).Open(Settings(rows))).Message;

    private IDataView Rows() => FoundRow.View(
        _ml, FoundRow.Of(100, 50, [], ("red", .75f, [10, 10, 50, 50]), ("blue", .5f, [0, 0, 100, 50])), FoundRow.Of(20, 20, []), FoundRow.Of(32, 64, [], ("tree", .9f, [0, 0, 10, 64])));

    /// <summary>Objects found well, badly, not at all and where there are none; one class that the labels don't have.</summary>
    private IDataView Measured() => FoundRow.View(
        _ml,
        FoundRow.Of(200, 150, [("red", [10, 10, 150, 140]), ("green", [5, 5, 25, 25])], ("red", .9f, [12, 11, 148, 139]), ("green", .8f, [5, 6, 25, 24]), ("tree", .99f, [0, 0, 50, 50])),
        FoundRow.Of(90, 160, [("green", [20, 30, 70, 90])], ("green", .7f, [24, 33, 75, 90]), ("green", .6f, [0, 0, 30, 30])),
        FoundRow.Of(64, 64, []),
        FoundRow.Of(120, 120, [("blue", [10, 10, 60, 60]), ("red", [60, 60, 110, 110])], ("blue", .3f, [10, 10, 50, 70])));

    private sealed class Counted(IDataView data, Action onRead) : IDataView
    {
        public DataViewSchema Schema => data.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            onRead();
            return data.GetRowCursor(columnsNeeded);
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];
    }
}
