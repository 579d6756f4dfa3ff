using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.Distillation;
using Microsoft.ML.OnnxRuntime;
using Samples.Common;
using Samples.Common.Images;

namespace Samples.ImageClassification;

/// <summary>Collects what is known so far, and writes report.json and report.html: after every seed complete files for the seeds so far.</summary>
internal sealed class ReportFile(SampleOptions options, Dataset dataset, int trainingImages)
{
    private (long Bytes, double Latency)? _alone, _distilled;

    public required IReadOnlyList<SeedResult> Seeds { get; init; }

    public required Training Training { get; init; }

    /// <summary>What is known of the teacher before any student learns from it.</summary>
    public required ModelFigures MeasuredTeacher { get; init; }

    public ModelFigures Teacher => MeasuredTeacher.SecondsPerEpoch is null ? WithForwardPasses(MeasuredTeacher) : MeasuredTeacher;

    public Dataset Dataset => dataset;

    public string Student => options.Student.Name;

    public string Folder => Path.GetFullPath(options.Out);

    public ModelFigures Alone => Figures([.. Seeds.Select(seed => seed.Alone)], _alone);

    public ModelFigures Distilled => Figures([.. Seeds.Select(seed => seed.Distilled)], _distilled);

    public BaselineComparison Comparison =>
        BaselineComparison.Of([.. Seeds.Select(seed => new SeedGain(seed.Seed, seed.Alone.Accuracy, seed.Distilled.Accuracy))], dataset.Test.Count);

    // Weights don't change a model's size or pace, so the first seed's is measured.
    public void MeasureAlone(byte[] model) => _alone ??= Measure(model);

    public void MeasureDistilled(byte[] model) => _distilled ??= Measure(model);

    public void Write()
    {
        var report = Report();
        report.SaveAsJson(Path.Combine(options.Out, "report.json"));
        report.SaveAsHtml(Path.Combine(options.Out, "report.html"));
    }

    // What is held out here is the test set: the students are neither chosen nor stopped by it.
    private TrainingReport Report()
    {
        var training = Seeds[0].Distilled.Report;
        return training with
        {
            DatasetName = dataset.Name,
            ValidationRows = 0,
            TestRows = dataset.Test.Count,
            Options = Options(training),
            Versions = Versions(training),
            TeacherFigures = Teacher with { Ece = training.TeacherFigures?.Ece, Calibration = training.TeacherFigures?.Calibration ?? [] },
            BaselineFigures = Alone,
            StudentFigures = Distilled,
            Comparison = Comparison,
        };
    }

    private Dictionary<string, string> Options(TrainingReport training)
    {
        var all = new Dictionary<string, string>(training.Options)
        {
            ["CompareToBaseline"] = FormattableString.Invariant($"{options.Seeds} seeds"),
            ["Latency"] = Latency.Description,
            ["TeacherPace"] = options.TeacherIsFile ? "its forward passes in the student's training" : "its own training",
            ["SavedSeed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["Temperature"] = options.Temperature.ToString(CultureInfo.InvariantCulture),
            ["Alpha"] = options.Alpha.ToString(CultureInfo.InvariantCulture),
            ["Teacher"] = options.Teacher,
        };
        Add("Data", options.Data);
        Add("Limit", options.Limit?.ToString(CultureInfo.InvariantCulture));
        Add("Threads", options.Threads?.ToString(CultureInfo.InvariantCulture));
        Add("TeacherTrainedOn", options.TeacherIsFile ? null : $"{dataset.Train.Count} images");
        Add("TeacherEpochs", options.TeacherIsFile ? null : Training.TeacherEpochs.ToString(CultureInfo.InvariantCulture));
        Add("TeacherClasses", options.TeacherClasses is null ? null : string.Join(", ", options.TeacherClasses));
        Add("TeacherNormalization", options.TeacherNormalization?.ToString());
        return all;

        void Add(string name, string? value)
        {
            if (value is not null)
                all[name] = value;
        }
    }

    private static Dictionary<string, string> Versions(TrainingReport training) => new(training.Versions)
    {
        ["OnnxRuntime"] = OrtEnv.Instance().GetVersionString(),
        [".NET"] = Environment.Version.ToString(),
        ["os"] = RuntimeInformation.OSDescription,
    };

    private ModelFigures WithForwardPasses(ModelFigures teacher)
    {
        var seconds = Seeds.Average(seed => seed.Distilled.Report.Phases["teacher"] / seed.Distilled.Report.Epochs);
        return teacher with { SecondsPerEpoch = seconds, ImagesPerSecond = trainingImages / seconds };
    }

    private (long Bytes, double Latency) Measure(byte[] model) => (model.Length, Latency.Median(model, options.Threads));

    private static ModelFigures Figures(RunResult[] runs, (long Bytes, double Latency)? measured) => (runs[0].Report.StudentFigures ?? new ModelFigures()) with
    {
        Accuracy = runs.Average(run => run.Accuracy),
        Accuracies = [.. runs.Select(run => run.Accuracy)],
        Parameters = runs[0].Report.Parameters,
        ModelBytes = measured?.Bytes,
        LatencyMs = measured?.Latency,
        SecondsPerEpoch = runs.Average(run => run.Report.SecondsPerEpoch),
        ImagesPerSecond = runs.Average(run => run.Report.ImagesPerSecond),
    };
}
