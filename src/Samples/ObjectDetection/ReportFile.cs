using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.ML.Distillation;
using Microsoft.ML.OnnxRuntime;
using Samples.Common;
using Samples.ObjectDetection.Data;

namespace Samples.ObjectDetection;

/// <summary>Collects what is known so far, and writes report.json and report.html: after every seed complete files for the seeds so far.</summary>
internal sealed class ReportFile(SampleOptions options, Dataset dataset, Training training)
{
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private double? _aloneLatency, _distilledLatency;

    public required IReadOnlyList<SeedResult> Seeds { get; init; }

    /// <summary>What is known of the teacher before any student learns from it.</summary>
    public required ModelFigures Teacher { get; init; }

    public Dataset Dataset => dataset;

    public string Student => options.Student.Name;

    public string Folder => Path.GetFullPath(options.Out);

    public ModelFigures Alone => Figures([.. Seeds.Select(seed => seed.Alone)], _aloneLatency);

    public ModelFigures Distilled => Figures([.. Seeds.Select(seed => seed.Distilled)], _distilledLatency);

    public Gains Gains => new(Seeds, dataset.Test.Count);

    // One seed's will do. Non-maximum suppression takes the longer the more boxes a student finds, so each of the two is measured.
    public void MeasureAlone(byte[] model) => _aloneLatency ??= Latency.Median(model, options.Threads, training.Size);

    public void MeasureDistilled(byte[] model) => _distilledLatency ??= Latency.Median(model, options.Threads, training.Size);

    public void Write()
    {
        var path = Path.Combine(options.Out, "report.json");
        var written = path + ".new";
        var known = Report();
        known.SaveAsJson(written);
        known.SaveAsHtml(Path.Combine(options.Out, "report.html"));
        var report = JsonNode.Parse(File.ReadAllText(written))!.AsObject();
        Gains.AddTo(report);
        File.WriteAllText(written, report.ToJsonString(_json) + "\n");
        File.Move(written, path, overwrite: true);
    }

    private TrainingReport Report()
    {
        var distilled = Seeds[0].Distilled.Report;
        return distilled with
        {
            DatasetName = dataset.Name,
            TestRows = dataset.Test.Count,
            Options = Options(distilled),
            Versions = new Dictionary<string, string>(distilled.Versions)
            {
                ["OnnxRuntime"] = OrtEnv.Instance().GetVersionString(),
                [".NET"] = Environment.Version.ToString(),
                ["os"] = RuntimeInformation.OSDescription,
            },
            TeacherFigures = Teacher,
            BaselineFigures = Alone,
            StudentFigures = Distilled,
        };
    }

    private Dictionary<string, string> Options(TrainingReport distilled)
    {
        var all = new Dictionary<string, string>(distilled.Options)
        {
            ["CompareToBaseline"] = FormattableString.Invariant($"{options.Seeds} seeds"),
            ["Latency"] = Latency.Description,
            ["SavedSeed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["Method"] = options.Method.Name,
            ["Teacher"] = options.Teacher,
            ["Format"] = dataset.Format,
        };
        Add("Data", options.Data);
        Add("Limit", options.Limit?.ToString(CultureInfo.InvariantCulture));
        Add("Threads", options.Threads?.ToString(CultureInfo.InvariantCulture));
        Add("TeacherTrainedOn", options.TeacherIsFile ? null : $"{dataset.Train.Count} images");
        Add("TeacherEpochs", options.TeacherIsFile ? null : training.TeacherEpochs.ToString(CultureInfo.InvariantCulture));
        return all;

        void Add(string name, string? value)
        {
            if (value is not null)
                all[name] = value;
        }
    }

    private static ModelFigures Figures(RunResult[] runs, double? latency) => new()
    {
        MeanAveragePrecision = runs.Average(run => run.Metrics.MeanAveragePrecision),
        MeanAveragePrecision50 = runs.Average(run => run.Metrics.MeanAveragePrecision50),
        Parameters = runs[0].Report.Parameters,
        ModelBytes = runs[0].Report.StudentFigures?.ModelBytes,
        LatencyMs = latency,
        SecondsPerEpoch = runs.Average(run => run.Report.SecondsPerEpoch),
        ImagesPerSecond = runs.Average(run => run.Report.ImagesPerSecond),
    };
}
