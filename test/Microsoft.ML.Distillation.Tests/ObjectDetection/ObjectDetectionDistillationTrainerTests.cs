using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

[Collection(nameof(TrainedDetector))]
public sealed class ObjectDetectionDistillationTrainerTests(TrainedDetector trained)
{
    private const string Published = "stride 8: 10,13 16,30 33,23; stride 16: 30,61 62,45 59,119; stride 32: 116,90 156,198 373,326";

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void ItFindsTheRectanglesOfNewScenes()
    {
        var metrics = Evaluate(trained.Model, seed: 3);

        Assert.InRange(metrics.MeanAveragePrecision50, .7, 1);
        Assert.InRange(metrics.MeanAveragePrecision, .3, 1);
    }

    [Fact]
    public void WhatIsMeasuredInTrainingIsWhatTheModelIsWorth()
    {
        var figures = trained.Model.Report.StudentFigures!;

        var metrics = Evaluate(trained.Model, TrainedDetector.ValidationSeed, TrainedDetector.ValidationRows);

        Assert.Equal(metrics.MeanAveragePrecision50, figures.MeanAveragePrecision50!.Value, .02);
        Assert.Equal(metrics.MeanAveragePrecision, figures.MeanAveragePrecision!.Value, .02);
        Assert.Equal(trained.Model.Report.ValidationPrecision.Max(), figures.MeanAveragePrecision!.Value);
    }

    // A model that gives out hardly anything is measured by all that it has.
    [Fact]
    public void AFittedModelIsMeasuredWhateverItsThreshold()
    {
        IDataView Validation() => QuickDetector.Data(_ml, 24, seed: 2);
        using var model = _ml.DistillObjectDetection(QuickDetector.Options(
            epochs: 1, teacher: null, student: ObjectDetector.FromOnnx(trained.Model.ToOnnx()), rate: 1e-6, validation: Validation(), threshold: .9)).Fit(QuickDetector.Data(_ml, 8, seed: 1));
        var chain = new TransformerChain<ITransformer>(model, _ml.Transforms.CopyColumns("Sure", "Score").Fit(model.Transform(Validation())));

        var metrics = _ml.EvaluateObjectDetection(chain, Validation(), scoreColumnName: "Sure");

        var figures = model.Report.StudentFigures!;
        Assert.Equal(figures.MeanAveragePrecision!.Value, metrics.MeanAveragePrecision, .005);
        Assert.True(metrics.MeanAveragePrecision > _ml.EvaluateObjectDetection(model.Transform(Validation())).MeanAveragePrecision + .1);
        Assert.StartsWith(
            "The model has no detector that was fitted here; one is needed.",
            Assert.Throws<ArgumentException>(() => _ml.EvaluateObjectDetection(_ml.Transforms.CopyColumns("Other", "Label").Fit(Validation()), Validation())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReportTellsTheRun()
    {
        var report = trained.Model.Report;

        Assert.Equal(("object detection", "yolov5n", 144, 24, 14), (report.Task, report.Student, report.TrainingRows, report.ValidationRows, report.Epochs));
        Assert.Equal(["box", "class", "objectness", "total"], report.Terms.Keys.Order());
        Assert.All(report.Terms, term => Assert.Equal(14, term.Value.Count));
        Assert.True(report.Terms["total"][^1] < .5 * report.Terms["total"][0], string.Join(" ", report.Terms["total"]));
        Assert.Equal((14, 14), (report.ValidationPrecision.Count, report.ValidationPrecision50.Count));
        Assert.All(report.ValidationPrecision.Zip(report.ValidationPrecision50), p => Assert.True(p.First <= p.Second));
        Assert.Empty(report.ValidationAccuracy);
        Assert.Equal(trained.Onnx.LongLength, report.StudentFigures!.ModelBytes);
        Assert.Contains("stride 8: ", report.Options["Anchors"], StringComparison.Ordinal);
        Assert.InRange(report.Anchors!.BestPossibleRecall, report.Anchors.OwnBestPossibleRecall, 1);
    }

    [Fact]
    public void AReloadedModelFindsTheSame()
    {
        using var file = new MemoryStream();
        _ml.Model.Save(trained.Model, QuickDetector.Data(_ml, 6, seed: 4).Schema, file);
        file.Position = 0;
        var other = new MLContext();

        var reloaded = other.Model.Load(file, out _);

        var (expected, actual) = (QuickDetector.Found(trained.Model, QuickDetector.Data(_ml, 6, seed: 4)), QuickDetector.Found(reloaded, QuickDetector.Data(other, 6, seed: 4)));
        Assert.Equal(6, actual.Count);
        Assert.All(expected.Zip(actual), p =>
        {
            Assert.Equal(p.First.Labels, p.Second.Labels);
            Assert.Equal(p.First.Scores, p.Second.Scores);
            Assert.Equal(p.First.Boxes, p.Second.Boxes);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(30)]
    public void ItScoresInBatchesToo(int batchSize)
    {
        using var folder = new TemporaryFolder();
        IDataView Data() => QuickDetector.Data(_ml, 14, seed: 4);
        _ml.Model.Save(trained.Model, Data().Schema, folder["detector.zip"]);
        using var scorer = _ml.LoadBulkScorer(folder["detector.zip"], batchSize);
        var rowWise = trained.Model.Transform(Data());

        var expected = Scenes.Found(rowWise);
        foreach (var bulk in new[] { trained.Model.ScoreInBatches(Data(), batchSize), scorer.Transform(Data()) })
        {
            Assert.Equal(SchemaText.Of(rowWise.Schema), SchemaText.Of(bulk.Schema));
            var found = Scenes.Found(bulk);
            Assert.Equal(expected.Select(f => f.Labels), found.Select(f => f.Labels));
            Quick.Close([.. expected.Select(f => f.Scores)], [.. found.Select(f => f.Scores)], 1e-5);
            Quick.Close([.. expected.Select(f => f.Boxes)], [.. found.Select(f => f.Boxes)], 1e-3);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => trained.Model.ScoreInBatches(Data(), 0));
    }

    // The first of three scenes has the input's own size, so that its pixels are the input's.
    [Fact]
    public void TheBareModelFindsTheSame()
    {
        var row = QuickDetector.Rows(1, seed: 4)[0];
        var planes = new float[3 * 64 * 64];
        for (var i = 0; i < row.Label.Length; i++)
        {
            var (channel, box) = (Array.IndexOf(Scenes.Classes, row.Label[i]), row.BoundingBoxes[(4 * i)..]);
            for (var y = (int)box[1]; y < box[3]; y++)
                planes.AsSpan(channel * 64 * 64 + y * 64 + (int)box[0], (int)(box[2] - box[0])).Fill(255);
        }
        using var runner = new OnnxRunner(trained.Onnx, "student.onnx", threads: 1);

        var bare = Assert.Single(Detections.Read(runner.Run(planes, [1, 3, 64, 64])));

        var found = Assert.Single(QuickDetector.Found(trained.Model, Scenes.View(_ml, row)));
        Assert.Equal(found.Labels, bare.Select(b => (uint)b.Label + 1));
        Numbers.Within(found.Scores.Doubles(), bare.Select(b => (double)b.Score).ToArray(), 1e-4);
        Numbers.Within(found.Boxes.Doubles(), bare.SelectMany(b => new double[] { b.X1, b.Y1, b.X2, b.Y2 }).ToArray(), 1e-2);
    }

    [Fact]
    public void TheSchemaIsAsPromised()
    {
        var data = QuickDetector.Data(_ml, 2, seed: 4);

        var promised = _ml.DistillObjectDetection(QuickDetector.Options()).GetOutputSchema(Shapes.Of(data));

        var given = trained.Model.GetOutputSchema(data.Schema);
        Assert.Equal(given.Where(c => !c.IsHidden).Select(c => c.Name).Order(), promised.Select(c => c.Name).Order());
    }

    [Fact]
    public void ASeedGivesTheSameModelBitForBit()
    {
        byte[] Fit(int seed)
        {
            using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, seed: seed, augmentation: new())).Fit(QuickDetector.Data(_ml, 24, seed: 1));
            return model.ToOnnx();
        }

        var first = Fit(1);

        Assert.Equal(first, Fit(1));
        Assert.NotEqual(first, Fit(2));
    }

    [Fact]
    public void ACancelledFitGoesOnToTheSameModel()
    {
        using var folder = new TemporaryFolder();
        ObjectDetectionDistillationTransformer Fit(string? path, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default) =>
            _ml.DistillObjectDetection(QuickDetector.Options(epochs: 3, fraction: .25, folder: path, progress: progress, cancellation: cancellation)).Fit(QuickDetector.Data(_ml, 32, seed: 1));

        using var whole = Fit(null);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(folder.Path, new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step >= 5)
                source.Cancel();
        }), source.Token));
        using var resumed = Fit(folder.Path);
        using var again = Fit(folder.Path);

        Assert.Equal(whole.ToOnnx(), resumed.ToOnnx());
        Assert.Equal(whole.Report.Terms["total"], resumed.Report.Terms["total"]);
        Assert.Equal(whole.Report.ValidationPrecision50, resumed.Report.ValidationPrecision50);
        Assert.Equal(whole.ToOnnx(), again.ToOnnx());
        Assert.Equal(whole.Report.ValidationPrecision50, again.Report.ValidationPrecision50);
        Assert.Equal((24, 8), (resumed.Report.TrainingRows, resumed.Report.ValidationRows));
    }

    [Fact]
    public void OtherObjectsAreAnotherRun()
    {
        using var folder = new TemporaryFolder();
        using var first = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, folder: folder.Path)).Fit(QuickDetector.Data(_ml, 16, seed: 1));
        var rows = QuickDetector.Rows(16, seed: 1);
        rows[0].BoundingBoxes[0] += 1;

        var message = Assert.Throws<InvalidOperationException>(
            () => _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, folder: folder.Path)).Fit(Scenes.View(_ml, rows))).Message;

        Assert.Contains("Training images: '16 of 64×64, content ", message, StringComparison.Ordinal);
    }

    // Weights hardly move, so that what it finds it knew before.
    [Fact]
    public void AWarmStartKeepsWhatItKnowsOfClassesWithOtherPlaces()
    {
        string[] classes = ["yellow", "blue", "green", "red"];
        var (train, test) = (View(QuickDetector.Rows(16, seed: 1), classes), View(QuickDetector.Rows(48, seed: 3), classes));
        var options = QuickDetector.Options(epochs: 1, rate: 1e-7, student: ObjectDetector.FromOnnx(trained.Onnx), augmentation: DetectionAugmentation.None, threshold: .001);

        using var model = _ml.DistillObjectDetection(options).Fit(train);

        Assert.Equal(classes, model.ClassNames);
        Assert.Equal(trained.Model.Report.Options["Anchors"], model.Report.Options["Anchors"]);
        Assert.InRange(_ml.EvaluateObjectDetection(model.Transform(test)).MeanAveragePrecision50, .6, 1);
    }

    [Fact]
    public void AnchorsFitTheBoxesUnlessTheyAreToStay()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.RawMessage);
        // So narrow a ratio that the published anchors serve few boxes.
        (string Sizes, AnchorFigures Figures) Anchors(bool fit)
        {
            var options = QuickDetector.Options(epochs: 1);
            using var model = _ml.DistillObjectDetection(new()
            {
                ImageSize = options.ImageSize, Epochs = 1, BatchSize = 4, Schedule = options.Schedule, FitAnchors = fit, YoloLoss = new() { AnchorThreshold = 1.2 }, Threads = 1, Seed = 1,
            }).Fit(QuickDetector.Data(_ml, 8, seed: 1));
            return (model.Report.Options["Anchors"], model.Report.Anchors!);
        }

        var (kept, fitted) = (Anchors(fit: false), Anchors(fit: true));

        Assert.Equal(Published, kept.Sizes);
        Assert.DoesNotContain("373", fitted.Sizes, StringComparison.Ordinal);
        Assert.InRange(kept.Figures.BestPossibleRecall, 0, .5);
        Assert.Equal(kept.Figures.BestPossibleRecall, kept.Figures.OwnBestPossibleRecall);
        Assert.Equal(kept.Figures.OwnBestPossibleRecall, fitted.Figures.OwnBestPossibleRecall);
        Assert.InRange(fitted.Figures.BestPossibleRecall, .6, 1);
        Assert.Contains(
            lines, line => line.Contains(FormattableString.Invariant($"Anchors can answer for {100 * fitted.Figures.BestPossibleRecall:0.00} % of the "), StringComparison.Ordinal)
                && line.EndsWith(FormattableString.Invariant($"the student's own, for {100 * fitted.Figures.OwnBestPossibleRecall:0.00} %."), StringComparison.Ordinal));
    }

    [Fact]
    public void BoxesOfAPixelLeaveTheAnchorsAsTheyAre()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.RawMessage);
        var rows = Enumerable.Range(0, 4).Select(i => Scenes.Row(256, 256, (0, 40 * i, 100, 40 * i + 4, 104))).ToList();

        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, batch: 2)).Fit(Scenes.View(_ml, rows));

        Assert.Equal(Published, model.Report.Options["Anchors"]);
        Assert.Contains(lines, line => line.StartsWith("None of the 4 training boxes has a side of 2 pixels or more in the student's input of 64×64, so that its anchors are not fitted", StringComparison.Ordinal));
    }

    // BatchNorm has the places of a map to go by, unless there is one alone.
    [Fact]
    public void AStepMayHaveOneImage()
    {
        ObjectDetectionDistillationOptions Options(int size, int batch) => new() { ImageSize = new(size, size), Epochs = 2, BatchSize = batch, Threads = 1, Seed = 1 };

        using var model = _ml.DistillObjectDetection(Options(64, 1)).Fit(QuickDetector.Data(_ml, 3, seed: 1));
        var single = Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(Options(32, 4)).Fit(QuickDetector.Data(_ml, 1, seed: 1)));

        Assert.Equal(("1", "1 warm-up epochs, cosine to 0.01"), (model.Report.Options["BatchSize"], model.Report.Options["Schedule"]));
        Assert.All(model.Report.Terms.Values.SelectMany(values => values), value => Assert.True(double.IsFinite(value)));
        Assert.Equal(
            "A step has one image of 32×32, of which the coarsest map has one place, and BatchNorm needs more than one value a channel: give more training images, or a larger ImageSize.", single.Message);
    }

    // A photograph, an image hardly there, none on which anything is, a box of one pixel, boxes beyond the border: in mosaics and without.
    [Theory]
    [InlineData("yolov5n")]
    [InlineData("retinanet_resnet18_w8")]
    public void ImagesOfAllSizesWithBoxesOfAllKindsAreTrainedOn(string student)
    {
        List<Scenes.SceneRow> Rows()
        {
            List<Scenes.SceneRow> rows =
            [
                Scenes.Row(4000, 3000, (0, 100, 200, 2100, 1500), (1, 2500, 1800, 3900, 2900)), Scenes.Row(3, 2, (2, 0, 0, 2, 2)), Scenes.Row(64, 64), Scenes.Row(200, 30, (0, 10, 10, 11, 11)),
                Scenes.Row(30, 200, (1, 2, 3, 25, 190)), .. QuickDetector.Rows(3, seed: 1),
            ];
            rows[4].BoundingBoxes = [-10, -5, 45.5f, 230];
            return rows;
        }

        var options = QuickDetector.Options(epochs: 2, batch: 4, student: ObjectDetector.Parse(student), augmentation: new() { EpochsWithoutMosaic = 1 });

        using var model = _ml.DistillObjectDetection(options).Fit(Scenes.View(_ml, Rows()), Scenes.View(_ml, Rows()));

        Assert.Equal(8, model.Report.TrainingRows);
        Assert.All(model.Report.Terms.Values.SelectMany(values => values).Concat(model.Report.ValidationPrecision50), value => Assert.True(double.IsFinite(value)));
        Assert.Empty(model.Report.Retries);
        Assert.All(QuickDetector.Found(model, Scenes.View(_ml, Rows())).Zip(Rows()), pair => Assert.All(
            pair.First.Boxes.Chunk(4), box => Assert.True(box[0] >= 0 && box[1] >= 0 && box[2] > box[0] && box[3] > box[1] && box[2] <= pair.Second.Image!.Width && box[3] <= pair.Second.Image.Height)));
    }

    [Fact]
    public void ARetinaNetLearnsToo()
    {
        var options = QuickDetector.Options(epochs: 3, batch: 4, rate: 1e-3, student: ObjectDetector.RetinaNet(18, 16), augmentation: DetectionAugmentation.None);

        using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 16, seed: 1));

        Assert.Equal(["box", "class", "total"], model.Report.Terms.Keys.Order());
        Assert.True(model.Report.Terms["total"][^1] < .9 * model.Report.Terms["total"][0], string.Join(" ", model.Report.Terms["total"]));
        Assert.Equal(4, QuickDetector.Found(model, QuickDetector.Data(_ml, 4, seed: 3)).Count);
    }

    [Fact]
    public void ProgressTellsThePrecision()
    {
        var listener = new Listener();

        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1, fraction: .25, progress: listener)).Fit(QuickDetector.Data(_ml, 16, seed: 1));

        Assert.Equal(Assert.Single(model.Report.ValidationPrecision), Assert.Single(listener.Of(DistillationPhase.Validating)).ValidationAccuracy);
        Assert.Equal([DistillationPhase.LoadingImages, DistillationPhase.Training, DistillationPhase.Validating, DistillationPhase.Exporting], listener.Heard.Select(p => p.Phase).Distinct());
    }

    [Fact]
    public void ScenesWithoutObjectsTeachNothing()
    {
        var empty = new[] { Scenes.Row(64, 64), Scenes.Row(64, 64) };

        Assert.Equal(
            "None of the 2 training images has an object on it: there is nothing to learn. Check the columns of labels and boxes.",
            Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(QuickDetector.Options()).Fit(Scenes.View(_ml, empty))).Message);
    }

    [Fact]
    public void ScenesWithoutObjectsMeasureNothing()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.RawMessage);
        const string Nothing = "None of the 2 validation images has an object on it: there is nothing to measure by. Check the columns of labels and boxes.";
        IDataView Empty() => Scenes.View(_ml, Scenes.Row(64, 64), Scenes.Row(64, 64));
        var stopping = new ObjectDetectionDistillationOptions { ImageSize = QuickDetector.Size, Epochs = 1, EarlyStopping = new(), Threads = 1, Seed = 1 };

        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1)).Fit(QuickDetector.Data(_ml, 4, 1), Empty());
        var refused = Assert.Throws<InvalidDataException>(() => _ml.DistillObjectDetection(stopping).Fit(QuickDetector.Data(_ml, 4, 1), Empty()));

        Assert.Equal((1, 0, 0), (model.Report.Epochs, model.Report.ValidationRows, model.Report.ValidationPrecision.Count));
        Assert.Contains($"{Nothing} The student is not measured, and the last epoch's weights are returned.", lines);
        Assert.Equal(Nothing, refused.Message);
    }

    [Fact]
    public void ValidationMustHaveTheSameClasses()
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(QuickDetector.Options()).Fit(QuickDetector.Data(_ml, 4, 1), View(QuickDetector.Rows(4, 2), ["red", "blue", "green"])));

        Assert.StartsWith("The validation data's label 'Label' has the classes red, blue, green; the training data has red, green, blue.", error.Message, StringComparison.Ordinal);
    }

    private DetectionMetrics Evaluate(ITransformer model, int seed, int rows = 48) => _ml.EvaluateObjectDetection(model.Transform(QuickDetector.Data(_ml, rows, seed)));

    private IDataView View(IReadOnlyList<Scenes.SceneRow> rows, string[] classes)
    {
        var data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label", keyData: _ml.Data.LoadFromEnumerable(classes.Select(c => new Named { Name = c }))).Fit(data).Transform(data);
    }

    private sealed class Named
    {
        public string Name { get; set; } = "";
    }
}
