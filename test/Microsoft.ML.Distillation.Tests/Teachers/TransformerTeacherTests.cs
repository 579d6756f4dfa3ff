using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public sealed class TransformerTeacherTests : IDisposable
{
    private static readonly string[] Classes = ["ant", "bee", "cat"];
    private static readonly float[][] Votes = [[1, 2, 3], [-1, 0, 1], [5, 5, 5], [0, 9, 0]];
    private static readonly float[][] Chances = [[.5f, .25f, .25f], [1, 0, 0], [.1f, .2f, .7f]];
    private readonly MLContext _ml = new(seed: 1);
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void ScoresAreTakenByRow()
    {
        using var opened = Open(Votes);

        var logits = opened.Forward(Images(3), [3, 0, 3]).Logits!;

        Assert.Equal(new[] { 3, 0, 3 }.SelectMany(r => Votes[r]), Numbers.Floats(logits));
        Assert.Equal((3, null, null, null), (opened.Session.ClassCount, opened.Session.InputSize, opened.Session.ParameterCount, opened.Session.ModelBytes));
    }

    // Rows whose images can't be read are known only once the images were read, after the teacher is opened.
    [Fact]
    public void RowsLeftOutAreLeftOutOfTheScoresToo()
    {
        var (view, log) = (VoteRow.View(_ml, Votes), new RowLog(BadImages.Skip));
        var teacher = new TransformerTeacher(VoteRow.Model(_ml, view), new() { ClassNames = Classes });
        using var opened = OpenedTeacher.Open(teacher, new(CPU, 1) { Rows = new KeptRows(view, log) }, Classes);
        log.Skip(new("training", 1, "no image", null));

        Assert.Equal(new[] { 0, 2, 3 }.SelectMany(r => Votes[r]), Numbers.Floats(opened.Forward(Images(3), [0, 1, 2]).Logits!));
    }

    [Fact]
    public void ClassesAreMatchedByName()
    {
        using var opened = Open(Votes, labels: ["cat", "ant"]);

        Assert.Equal([3, 1, 1, -1], Numbers.Floats(opened.Forward(Images(2), [0, 1]).Logits!));
    }

    [Fact]
    public void ProbabilitiesBecomeTheirLogarithms()
    {
        using var opened = Open(Chances);

        var output = opened.Forward(Images(3), [0, 1, 2]);

        // float32; the smallest probability is taken for 1e-12.
        Numbers.Within(Chances.SelectMany(c => c).Doubles(), Numbers.Of(nn.functional.softmax(output.Logits!, 1)), 1e-6);
        Assert.Equal(Math.Log(1e-12), Numbers.Of(output.Logits!)[4], 1e-4);
    }

    [Theory]
    [InlineData(ScoreKind.Logits, .5)]
    [InlineData(ScoreKind.Probabilities, -.6931472)]
    [InlineData(ScoreKind.Auto, -.6931472)]
    public void WhatScoresAreCanBeSaid(ScoreKind kind, double expected)
    {
        using var opened = Open(Chances, new() { ClassNames = Classes, Scores = kind });

        Assert.Equal(expected, Numbers.Of(opened.Forward(Images(1), [0]).Logits!)[0], 1e-6);
    }

    [Fact]
    public void ScoresThatLookLikeProbabilitiesInSomeRowsOnlyAreLogits()
    {
        using var opened = Open([[.5f, .25f, .25f], [.5f, .25f, .5f]]);

        Assert.Equal([.5f, .25f, .25f], Numbers.Floats(opened.Forward(Images(1), [0]).Logits!));
    }

    // What ML.NET's trainers write into the score's slot names are the label's values.
    [Fact]
    public void SlotNamesNameTheClasses()
    {
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i => new Sample { Kind = Classes[i % 3], Features = [i % 3, i % 2] }));
        var model = _ml.Transforms.Conversion.MapValueToKey("Kind").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Kind", "Features")).Fit(rows);
        var teacher = new TransformerTeacher(model);
        using var opened = OpenedTeacher.Open(teacher, new(CPU, 1) { Rows = rows }, ["cat", "bee", "ant"]);

        var logits = Numbers.Floats(opened.Forward(Images(2), [0, 2]).Logits!);

        Assert.Null(teacher.ClassNames);
        Assert.Equal(Classes, teacher.FindClassNames(rows));
        Assert.Empty(opened.Unnamed);
        var scores = model.Transform(rows).GetColumn<float[]>("Score").ToArray();
        Numbers.Within([.. new[] { 0, 2 }.SelectMany(r => scores[r].Reverse()).Select(p => Math.Log(p))], logits.Doubles().ToArray(), 1e-4);
    }

    [Fact]
    public void WithoutSlotNamesTheOrderIsToBeChecked()
    {
        using var opened = Open(Votes, new());

        Assert.Equal(["transformer teacher"], opened.Unnamed.Select(t => t.Name));
    }

    [Fact]
    public void ImagesWithoutRowsAreRefused()
    {
        using var opened = Open(Votes);

        Assert.Equal("There are 2 images of 1 rows; every image needs the row it comes from. (Parameter 'rows')", Assert.Throws<ArgumentException>(() => opened.Forward(Images(2), [0])).Message);
        Assert.Equal(
            "transformer teacher scores the rows of a data view, and there are only images here.",
            Assert.Throws<InvalidDataException>(() => OpenedTeacher.Open(Teacher(Votes), new(CPU, 1), Classes)).Message);
    }

    [Fact]
    public void AColumnThatIsNotThereIsAnError() => Assert.Equal(
        "transformer teacher gives no column 'Chances'; name the one with its scores in TransformerTeacherOptions.ScoreColumnName.",
        Refusal(VoteRow.View(_ml, Votes), "Votes", new() { ScoreColumnName = "Chances" }));

    [Theory]
    [InlineData("Single", "Single")]
    [InlineData("AnyVotes", "Vector<Single>")]
    public void AColumnThatHoldsNoScoresIsAnError(string column, string type) => Assert.Equal(
        $"transformer teacher: its column 'Score' is {type}; a vector of float of known length, a score for each class, is needed.", Refusal(VoteRow.View(_ml, Votes), column, new()));

    [Fact]
    public void RowsWithoutTheModelsColumnsAreAnError()
    {
        var rows = _ml.Data.LoadFromEnumerable([new Sample()]);

        var message = Assert.Throws<InvalidDataException>(() => OpenedTeacher.Open(Teacher(Votes), new(CPU, 1) { Rows = rows }, Classes)).Message;

        Assert.StartsWith("transformer teacher can't score the rows: ", message, StringComparison.Ordinal);
        Assert.EndsWith(" They need the columns it was fitted on; keep them in the pipeline up to the distillation.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARowWithoutScoresIsNamed() => Assert.Equal(
        "transformer teacher: row 1 has no usable scores in column 'Score' (1, NaN, 2).", Refusal(VoteRow.View(_ml, [1, 2, 3], [1, float.NaN, 2]), "Votes", new() { ClassNames = Classes }));

    [Fact]
    public void ACancelledRunStops()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => OpenedTeacher.Open(Teacher(Votes), new(CPU, 1) { Rows = VoteRow.View(_ml, Votes), Cancellation = cancellation.Token }, Classes));
    }

    [Fact]
    public void FaultsAreTold()
    {
        var faults = new Faults("Options");

        new TransformerTeacher(new Filter(), new() { Name = "", ScoreColumnName = " ", ClassNames = ["a", "a"] }).Validate(faults);

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ", "Options: 4 faults.", "TransformerTeacherOptions.Name is empty; name the teacher.",
                "TransformerTeacherOptions.ScoreColumnName is empty; name the column with the scores.", " has class names that are not distinct.",
                " may drop or add rows (it is no row-to-row model), so that its scores can't be told apart by row; leave out the filtering step. (Parameter 'o')"),
            Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message);
    }

    [Theory]
    [InlineData(4, 0, "CropPadding 4")]
    [InlineData(0, 8, "CutoutSize 8")]
    [InlineData(4, 8, "CropPadding 4, CutoutSize 8")]
    public void ImagesChangedFurtherThanByMirroringAreRefusedUnlessAllowed(int crop, int cutout, string changes)
    {
        var augmentation = new ImageAugmentation { CropPadding = crop, CutoutSize = cutout };

        Assert.Equal(
            $"F: transformer teacher scores every image once, as it is, and Augmentation changes images further than mirroring does ({changes}): "
                + "switch that off, or set TransformerTeacherOptions.AllowUnscoredChanges if changed images still show what the whole ones do. (Parameter 'o')",
            Check(Teacher(Votes), augmentation));
        Assert.Equal(Check(Teacher(Votes), augmentation), Check(new EnsembleTeacher(Teacher(Votes)), augmentation));
        Assert.Null(Check(Teacher(Votes, new() { AllowUnscoredChanges = true }), augmentation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MixedImagesAreAlwaysRefused(bool allowed) => Assert.Equal(
        "F: transformer teacher scores every image once, as it is, and Augmentation mixes images of two: set Augmentation.Mixup and Augmentation.CutMix to 0. (Parameter 'o')",
        Check(Teacher(Votes, new() { AllowUnscoredChanges = allowed }), new ImageAugmentation { CropPadding = 0, CutMix = 1 }));

    [Fact]
    public void MirroredImagesCountAsTheSame() => Assert.Null(Check(Teacher(Votes), new ImageAugmentation { HorizontalFlip = true, CropPadding = 0 }));

    public void Dispose() => _scope.Dispose();

    private static string? Check(Teacher teacher, ImageAugmentation augmentation)
    {
        var faults = new Faults("F");
        teacher.Check(augmentation, faults);
        return Record.Exception(() => faults.ThrowIfAny("o"))?.Message;
    }

    private static Tensor Images(int count) => zeros(count, 3, 2, 2);

    private string Refusal(IDataView rows, string column, TransformerTeacherOptions options)
    {
        var teacher = new TransformerTeacher(VoteRow.Model(_ml, rows, column), options);
        return Assert.Throws<InvalidDataException>(() => OpenedTeacher.Open(teacher, new(CPU, 1) { Rows = rows }, Classes)).Message;
    }

    private TransformerTeacher Teacher(float[][] votes, TransformerTeacherOptions? options = null) =>
        new(VoteRow.Model(_ml, VoteRow.View(_ml, votes)), options ?? new() { ClassNames = Classes });

    private OpenedTeacher Open(float[][] votes, TransformerTeacherOptions? options = null, string[]? labels = null) =>
        OpenedTeacher.Open(Teacher(votes, options), new(CPU, 1) { Rows = VoteRow.View(_ml, votes) }, labels ?? Classes);

    private sealed class Sample
    {
        public string Kind { get; set; } = "";

        [VectorType(2)]
        public float[] Features { get; set; } = [0, 0];
    }

    /// <summary>A model that may leave rows out.</summary>
    private sealed class Filter : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IDataView Transform(IDataView input) => input;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }
}
