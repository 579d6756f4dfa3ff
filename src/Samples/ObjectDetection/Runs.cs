using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.ObjectDetection.Data;
using Samples.ObjectDetection.Pictures;

namespace Samples.ObjectDetection;

/// <summary>The whole job: a teacher, then for every seed the student alone and distilled; saved, reloaded and measured.</summary>
internal sealed class Runs(MLContext ml, SampleOptions options, Dataset dataset, ProgressDisplay display, CancellationToken cancellation)
{
    private readonly Training _training = new(ml, options, dataset, display, cancellation);
    private readonly List<SeedResult> _seeds = [];

    public ReportFile Carry()
    {
        var evaluation = new Evaluation(ml, _training.View(dataset.Test));
        var teacher = TeacherChoice.Make(options, dataset, _training, evaluation, display);
        var rows = dataset.Some(options.MostRows, options.Seed);
        var report = new ReportFile(options, dataset, _training) { Teacher = teacher.Figures, Seeds = _seeds };
        display.Say(FormattableString.Invariant($"Teacher: mAP50 {teacher.Figures.MeanAveragePrecision50:P2}, mAP {teacher.Figures.MeanAveragePrecision:P2}."));
        display.Say($"Student {options.Student.Name}: {rows.Count} training images, {_training.Epochs} epochs, {options.Method.Name}, {(options.Seeds == 1 ? "one seed" : $"{options.Seeds} seeds")}.");
        for (var seed = options.Seed; seed < options.Seed + options.Seeds; seed++)
        {
            RunResult alone, distilled;
            using (var trained = _training.Fit($"Alone, seed {seed}", rows, options.Student, seed, _training.Epochs))
            {
                report.MeasureAlone(trained.Detector.ToOnnx());
                alone = new RunResult(evaluation.Measure(evaluation.Score(trained.Model)), trained.Report);
            }
            using (var trained = _training.Fit($"Distilled, seed {seed}", rows, options.Student, seed, _training.Epochs, teacher.Teacher, options.Method))
            {
                report.MeasureDistilled(trained.Detector.ToOnnx());
                distilled = new RunResult(seed == options.Seed ? SaveAndReload(trained, evaluation) : evaluation.Measure(evaluation.Score(trained.Model)), trained.Report);
            }
            if (alone.Report.SkippedRows.Count > 0)
                display.Say($"{alone.Report.SkippedRows.Count} images could not be used, the first because: {alone.Report.SkippedRows[0]}");
            _seeds.Add(new SeedResult(seed, alone, distilled));
            display.Say(FormattableString.Invariant($"Seed {seed}: mAP50 alone {alone.Metrics.MeanAveragePrecision50:P2}, distilled {distilled.Metrics.MeanAveragePrecision50:P2}; mAP {alone.Precision:P2} and {distilled.Precision:P2}."));
            report.Write();
        }
        return report;
    }

    // What goes out is what is measured: the file, read back.
    private DetectionMetrics SaveAndReload(Trained trained, Evaluation evaluation)
    {
        var path = Path.Combine(options.Out, "student.zip");
        ml.Model.Save(trained.Model, ml.Data.LoadFromEnumerable(dataset.Test).Schema, path);
        trained.Detector.SaveAsOnnx(Path.Combine(options.Out, "student.onnx"));
        var reloaded = ml.Model.Load(path, out _);
        try
        {
            var scored = evaluation.Score(reloaded);
            evaluation.RequireEqual(evaluation.Score(trained.Model), scored);
            new PictureBook(dataset).Write(Path.Combine(options.Out, "pictures"), evaluation.Rows(scored));
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
        using var engine = ml.Model.CreatePredictionEngine<AnnotatedImage, Detections>(model);
        display.Say($"Saved and reloaded: the same objects on all {dataset.Test.Count} test images. Some of what it says:");
        for (var i = 0; i < shown; i++)
        {
            var row = dataset.Test[(2 * i + 1) * dataset.Test.Count / (2 * shown)];
            var found = engine.Predict(row);
            var sure = found.PredictedName.Zip(found.Score).Where(pair => pair.Second >= PictureBook.LeastScore).Select(pair => FormattableString.Invariant($"{pair.First} ({pair.Second:P0})"));
            display.Say($"  {Path.GetFileName(row.ImagePath)}: {Listed(sure, "nothing it is sure of")}; in truth {Listed(row.Label, "nothing")}");
        }
    }

    private static string Listed(IEnumerable<string> things, string none)
    {
        const int most = 6;
        string[] all = [.. things.DefaultIfEmpty(none)];
        return string.Join(", ", all.Take(most)) + (all.Length > most ? $" and {all.Length - most} more" : "");
    }
}
