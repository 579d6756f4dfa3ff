using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.Distillation;
using Microsoft.ML.OnnxRuntime;

namespace Samples.ImageClassification;

/// <summary>Collects what is known so far, and writes report.json: after every seed a complete file for the seeds so far.</summary>
internal sealed class ReportFile(SampleOptions options, Dataset dataset, int trainingImages)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

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

    // Weights don't change a model's size or pace, so the first seed's is measured.
    public void MeasureAlone(byte[] model) => _alone ??= Measure(model);

    public void MeasureDistilled(byte[] model) => _distilled ??= Measure(model);

    public void Write()
    {
        var path = Path.Combine(options.Out, "report.json");
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(Content(), _json) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    private object Content()
    {
        var training = Seeds[0].Distilled.Report;
        return new
        {
            Task = "image classification",
            Dataset = new { dataset.Name, Train = trainingImages, Test = dataset.Test.Count, dataset.Classes },
            Options = Options(training),
            Versions = Versions(training),
            training.Device,
            Seeds = Seeds.Select(seed => seed.Seed),
            Teacher,
            Baseline = Alone,
            Distilled,
            Training = new { training.Epochs, training.SecondsPerEpoch, training.ImagesPerSecond, training.Phases, training.Terms, training.LearningRate },
            Gains = Seeds.Select(seed => seed.Gain),
        };
    }

    private object Options(TrainingReport training) => new
    {
        options.Data,
        options.Limit,
        options.Teacher,
        TeacherTrainedOn = options.TeacherIsFile ? (int?)null : dataset.Train.Count,
        options.TeacherClasses,
        TeacherNormalization = options.TeacherNormalization?.ToString(),
        Student = options.Student.Name,
        Training.Epochs,
        TeacherEpochs = options.TeacherIsFile ? (int?)null : Training.TeacherEpochs,
        options.Temperature,
        options.Alpha,
        Training.BatchSize,
        options.Threads,
        Library = training.Options,
        Latency = Latency.Description,
        TeacherPace = options.TeacherIsFile ? "its forward passes in the student's training" : "its own training",
        SavedSeed = options.Seed,
    };

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

    private static ModelFigures Figures(RunResult[] runs, (long Bytes, double Latency)? measured) => new()
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
