using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;

namespace Samples.ImageClassification;

/// <summary>The whole job: a teacher, then for every seed the student alone and distilled; saved, reloaded and measured.</summary>
internal sealed class Runs(MLContext ml, SampleOptions options, Dataset dataset, ProgressDisplay display, CancellationToken cancellation)
{
    private readonly Training _training = new(ml, options, dataset, display, cancellation);
    private readonly List<SeedResult> _seeds = [];

    public ReportFile Carry()
    {
        var teacher = TeacherChoice.Make(ml, options, dataset, _training, display);
        var rows = dataset.FirstOfEachClass(options.Limit ?? (options.Data is null ? 1000 : int.MaxValue));
        var report = new ReportFile(options, dataset, rows.Count) { Training = _training, MeasuredTeacher = MeasureTeacher(teacher), Seeds = _seeds };
        display.Say($"Student {options.Student.Name}: {rows.Count} training images, {_training.Epochs} epochs, {(options.Seeds == 1 ? "one seed" : $"{options.Seeds} seeds")}.");
        var evaluation = new Evaluation(ml, _training.View(dataset.Test));
        var heldOut = _training.ImageView(dataset.Test);
        for (var seed = options.Seed; seed < options.Seed + options.Seeds; seed++)
        {
            RunResult alone, distilled;
            // The report shows the first seed's students in detail; of the others it needs their accuracies.
            var shown = seed == options.Seed ? heldOut : null;
            using (var trained = _training.Fit($"Alone, seed {seed}", rows, options.Student, seed, _training.Epochs, heldOut: shown))
            {
                report.MeasureAlone(trained.Student.ToOnnx());
                alone = Result(trained, evaluation.Measure(evaluation.Score(trained.Model)));
            }
            using (var trained = _training.Fit($"Distilled, seed {seed}", rows, options.Student, seed, _training.Epochs, teacher.Teacher, heldOut: shown))
            {
                distilled = Result(trained, seed == options.Seed ? SaveAndReload(trained, evaluation) : evaluation.Measure(evaluation.Score(trained.Model)));
                report.MeasureDistilled(trained.Student.ToOnnx());
            }
            _seeds.Add(new SeedResult(seed, alone, distilled));
            display.Say(FormattableString.Invariant($"Seed {seed}: alone {alone.Accuracy:P2}, distilled {distilled.Accuracy:P2}."));
            report.Write();
        }
        return report;
    }

    private ModelFigures MeasureTeacher(TeacherChoice teacher)
    {
        display.Say("Measuring the teacher on the test images.");
        var metrics = ml.EvaluateTeacher(teacher.Teacher, _training.ImageView(dataset.Test), imageSize: options.Student.DefaultImageSize);
        return new ModelFigures
        {
            Accuracy = metrics.Accuracy,
            Parameters = teacher.Training?.Parameters ?? metrics.Parameters,
            ModelBytes = teacher.Onnx.Length,
            LatencyMs = Latency.Median(teacher.Onnx, options.Threads, options.Student.DefaultImageSize.Width),
            SecondsPerEpoch = teacher.Training?.SecondsPerEpoch,
            ImagesPerSecond = teacher.Training?.ImagesPerSecond,
        };
    }

    private static RunResult Result(Trained trained, MulticlassClassificationMetrics metrics)
        => new(metrics.MicroAccuracy, metrics.ConfusionMatrix.PerClassRecall, trained.Report);

    // What goes out is what is measured: the file, read back.
    private MulticlassClassificationMetrics SaveAndReload(Trained trained, Evaluation evaluation)
    {
        var path = Path.Combine(options.Out, "student.zip");
        ml.Model.Save(trained.Model, ml.Data.LoadFromEnumerable(dataset.Test).Schema, path);
        trained.Student.SaveAsOnnx(Path.Combine(options.Out, "student.onnx"));
        var reloaded = ml.Model.Load(path, out _);
        try
        {
            var scored = evaluation.Score(reloaded);
            evaluation.RequireEqual(evaluation.Score(trained.Model), scored);
            Predict(reloaded);
            return evaluation.Measure(scored);
        }
        finally
        {
            (reloaded as IDisposable)?.Dispose();
        }
    }

    private void Predict(ITransformer model)
    {
        const int shown = 3;
        using var engine = ml.Model.CreatePredictionEngine<ImageRow, Prediction>(model);
        display.Say($"Saved and reloaded: the same scores on all {dataset.Test.Count} test images. Some of what it says:");
        for (var i = 0; i < shown; i++)
        {
            var row = dataset.Test[(2 * i + 1) * dataset.Test.Count / (2 * shown)];
            var prediction = engine.Predict(row);
            display.Say(FormattableString.Invariant($"  {row.Label}/{Path.GetFileName(row.ImagePath)}: {prediction.PredictedName} ({prediction.Score.Max():P0})"));
        }
    }

    private sealed class Prediction
    {
        public string PredictedName { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
