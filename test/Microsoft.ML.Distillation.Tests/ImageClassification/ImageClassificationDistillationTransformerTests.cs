using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

[Collection(nameof(TrainingTests))]
public class ImageClassificationDistillationTransformerTests(FittedPipeline fitted)
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void ItRecognisesWhatItLearned()
    {
        var metrics = _ml.MulticlassClassification.Evaluate(fitted.Model.Transform(fitted.Data));

        Assert.InRange(metrics.MicroAccuracy, .8, 1);
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.Equal(fitted.Rows.Select(r => r.Label).Zip(fitted.Model.Transform(fitted.Data).GetColumn<string>("PredictedName")).Count(p => p.First == p.Second) / 96.0, metrics.MicroAccuracy, 9);
    }

    [Fact]
    public void SavedAndLoadedItPredictsTheSame()
    {
        var loaded = _ml.Model.Load(fitted.Zip, out var inputSchema);

        Assert.IsNotType<ImageClassificationDistillationTransformer>(loaded);
        // ML.NET doesn't write columns of images into a saved schema.
        Assert.Equal(SchemaText.Of(fitted.Data.Schema).Where(line => line != "Image: Image"), SchemaText.Of(inputSchema));
        Quick.Close(Quick.Scores(fitted.Model, fitted.Data), Quick.Scores(loaded, fitted.Data), 0);
        Assert.Equal(fitted.Model.Transform(fitted.Data).GetColumn<string>("PredictedName"), loaded.Transform(fitted.Data).GetColumn<string>("PredictedName"));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void FittedAndLoadedHaveTheSameSchema()
    {
        var loaded = _ml.Model.Load(fitted.Zip, out _);

        Assert.Equal(SchemaText.Of(fitted.Model.GetOutputSchema(fitted.Data.Schema), hidden: true), SchemaText.Of(loaded.GetOutputSchema(fitted.Data.Schema), hidden: true));
        Assert.Equal(SchemaText.Of(fitted.Model.GetOutputSchema(fitted.Data.Schema)), SchemaText.Of(fitted.Model.Transform(fitted.Data).Schema));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void ItCanBeSavedByItself()
    {
        using var folder = new TemporaryFolder();
        var data = fitted.StudentData;
        _ml.Model.Save(fitted.Student, data.Schema, folder["student.zip"]);

        var loaded = _ml.Model.Load(folder["student.zip"], out _);

        Quick.Close(Quick.Scores(fitted.Student, data), Quick.Scores(loaded, data), 0);
        Assert.Equal(SchemaText.Of(fitted.Student.GetOutputSchema(data.Schema), hidden: true), SchemaText.Of(loaded.GetOutputSchema(data.Schema), hidden: true));
        (loaded as IDisposable)?.Dispose();
    }

    // 3e-5 is what ML.NET's softmax layer was found to be off by; the issue asks for 1e-4.
    [Fact]
    public void ScoresAreTheProbabilitiesOfTheBareModel() =>
        Quick.Close(PlainOnnx.Run(fitted.Student.ToOnnx(), fitted.Rows, size: 8), Quick.Scores(fitted.Model, fitted.Data), 1e-4);

    [Fact]
    public void ScoresAreAProbabilityEach()
    {
        var scores = Quick.Scores(fitted.Model, fitted.Data);

        Assert.All(scores, row => Assert.Equal(1, row.Sum(), 1e-5));
        Assert.All(scores.SelectMany(row => row), p => Assert.InRange(p, 0, 1));
        Assert.Equal(scores.Select(row => (uint)Array.IndexOf(row, row.Max()) + 1), fitted.Model.Transform(fitted.Data).GetColumn<uint>("PredictedLabel"));
    }

    [Fact]
    public void APredictionEngineGivesTheSame()
    {
        using var engine = _ml.Model.CreatePredictionEngine<DrawnRow, Prediction>(fitted.Model, new PredictionEngineOptions { OwnsTransformer = false });
        var scores = Quick.Scores(fitted.Model, fitted.Data);

        for (var i = 0; i < 6; i++)
        {
            var prediction = engine.Predict(fitted.Rows[i]);
            Quick.Close([scores[i]], [prediction.Score], 0);
            Assert.Equal(Drawn.Classes[prediction.PredictedLabel - 1], prediction.PredictedName);
        }
    }

    [Fact]
    public void SeveralThreadsMayScoreAtOnce()
    {
        var expected = Quick.Scores(fitted.Model, fitted.Data);

        var results = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Quick.Scores(fitted.Model, fitted.Data)).ToList();

        Assert.All(results, scores => Quick.Close(expected, scores, 0));
    }

    [Fact]
    public void ItMapsRowByRow()
    {
        var data = fitted.StudentData;
        var mapper = fitted.Student.GetRowToRowMapper(data.Schema);
        var wanted = mapper.OutputSchema["Score"];
        var expected = Quick.Scores(fitted.Student, data);

        Assert.True(fitted.Student.IsRowToRowMapper);
        Assert.Equal(SchemaText.Of(fitted.Student.GetOutputSchema(data.Schema)), SchemaText.Of(mapper.OutputSchema));
        Assert.Equal(["Image"], mapper.GetDependencies([wanted]).Select(c => c.Name));
        using var cursor = data.GetRowCursor(data.Schema);
        using var row = mapper.GetRow(cursor, [wanted]);
        var getScore = row.GetGetter<VBuffer<float>>(wanted);
        VBuffer<float> score = default;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            getScore(ref score);
            Quick.Close([expected[i]], [score.DenseValues().ToArray()], 0);
        }
    }

    // What is predicted has no labels.
    [Fact]
    public void ItNeedsNoLabelToPredict()
    {
        var unlabelled = _ml.Transforms.DropColumns("Label").Fit(fitted.StudentData).Transform(fitted.StudentData);

        Quick.Close(Quick.Scores(fitted.Student, fitted.StudentData), Quick.Scores(fitted.Student, unlabelled), 0);
    }

    [Fact]
    public void TheOnnxFileIsWrittenWhole()
    {
        using var folder = new TemporaryFolder();
        var path = folder["new/folder/student.onnx"];

        fitted.Student.SaveAsOnnx(path);
        fitted.Student.SaveAsOnnx(path);

        Assert.Equal(fitted.Student.ToOnnx(), File.ReadAllBytes(path));
        Assert.Equal(["new", "new/folder", "new/folder/student.onnx"], folder.Names.Select(n => n.Replace('\\', '/')));
    }

    [Theory]
    [InlineData("student.onnx")]
    [InlineData("deeper/student.onnx")]
    public void AnOutputPathBeneathAFileIsAnErrorAndNothingIsWritten(string below)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["taken"], "a file");
        var path = folder[$"taken/{below}"];

        var error = Assert.ThrowsAny<IOException>(() => fitted.Student.SaveAsOnnx(path));

        Assert.Equal($"'{path}' can't be written: its folder '{Path.GetDirectoryName(path)}' can't be made, because part of that path is a file. Choose another folder.", error.Message);
        Assert.Equal(["taken"], folder.Names);
        Assert.Equal("a file", File.ReadAllText(folder["taken"]));
    }

    [Fact]
    public void AnOutputPathThatIsAFolderIsAnErrorAndNothingIsWritten()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["student.onnx"]);

        var error = Assert.ThrowsAny<IOException>(() => fitted.Student.SaveAsOnnx(folder["student.onnx"]));

        Assert.Equal($"'{folder["student.onnx"]}' is a folder; give the path of a file.", error.Message);
        Assert.Equal(["student.onnx"], folder.Names);
    }

    [Fact]
    public void TheReportTellsWhatHappened()
    {
        var report = fitted.Student.Report;

        Assert.Equal(("resnet8", 96, 4, 1, "cpu"), (report.Student, report.TrainingRows, report.Epochs, report.Seed, report.Device));
        Assert.Equal(["kd", "task", "total"], report.Terms.Keys.Order());
        Assert.All(report.Terms.Values, means => Assert.Equal(4, means.Count));
        Assert.All(Enumerable.Range(0, 4), e => Assert.Equal(.1 * report.Terms["task"][e] + .9 * report.Terms["kd"][e], report.Terms["total"][e], 1e-4));
        Assert.True(report.Terms["total"][^1] < report.Terms["total"][0]);
        Assert.Equal([.05, .05, .05, .05], report.LearningRate);
        Assert.Equal(9, report.TeacherParameters);
        Assert.Equal(["data", "optimiser", "student", "teacher"], report.Phases.Keys.Order());
        Assert.Equal(report.Phases.Values.Sum() / 4, report.SecondsPerEpoch, 6);
        Assert.True(report.ImagesPerSecond > 0);
    }

    private sealed class Prediction
    {
        public string PredictedName { get; set; } = "";

        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
