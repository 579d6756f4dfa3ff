using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The report of a run that trained a detector. What can't be had costs the report that part and a warning, never the run its model.</summary>
internal sealed class DetectionReport(ObjectDetectionDistillationOptions options, DetectionInputs inputs, int seed, int threads, IChannel channel)
{
    /// <summary>What networks computed in.</summary>
    public required Precision Precision { get; init; }

    /// <summary>How well the anchors suit the objects.</summary>
    public AnchorFigures? Anchors { get; init; }

    /// <summary>What was noticed about the images.</summary>
    public IReadOnlyList<DataFinding> Findings { get; init; } = [];

    /// <summary>Rows left out.</summary>
    public IReadOnlyList<SkippedRow> Skipped { get; init; } = [];

    /// <summary>What the check-up found before training.</summary>
    public IReadOnlyList<CheckupFinding> Checkup { get; init; } = [];

    public TrainingReport Write(DetectorRuns runs)
    {
        var history = runs.Returned.History;
        var teacher = options.MainTeacher is null || history.Cancelled ? null : Teacher();
        return Course(history) with
        {
            Checkup = [.. Checkup, .. Gain(teacher, runs.Comparison)],
            ValidationPrecision = history.ValidationAccuracy,
            ValidationPrecision50 = runs.Returned.Precisions50,
            StudentFigures = Student(runs.Returned, runs.Comparison?.Seeds.Select(s => s.Distilled)),
            BaselineFigures = runs.Baseline is null ? null : Student(runs.Baseline, runs.Comparison?.Seeds.Select(s => s.Baseline)),
            TeacherFigures = teacher,
            Comparison = runs.Comparison,
        };
    }

    private TrainingReport Course(TrainingHistory history) => new()
    {
        Task = "object detection",
        Student = options.Student.Name,
        Teacher = options.MainTeacher?.Name,
        Options = new Dictionary<string, string>(options.Describe())
        {
            [nameof(options.ImageSize)] = $"{inputs.Size}",
            [nameof(options.Normalization)] = $"{inputs.StudentView.Normalization}",
            [nameof(options.Precision)] = PrecisionChoice.Describe(options.Precision, Precision),
            ["Anchors"] = $"{DetectorShapes.Grid(inputs.Student.Anchors)}",
        },
        Versions = Versions.All,
        Device = inputs.Device.ToString(),
        Seed = seed,
        Classes = inputs.ClassNames,
        IsDistilled = options.Methods.Count > 0 || options.PseudoLabels is not null,
        TrainingRows = inputs.Training.Count,
        ValidationRows = inputs.Validation?.Count ?? 0,
        SkippedRows = Skipped,
        DataFindings = Findings,
        Anchors = Anchors,
        Parameters = inputs.Student.CountParameters(),
        TeacherParameters = inputs.Teacher?.Session.ParameterCount,
        Epochs = history.Epochs,
        SecondsPerEpoch = history.SecondsPerEpoch,
        ImagesPerSecond = history.Images / history.Clock.TotalSeconds,
        Phases = history.Clock.Seconds,
        BestEpoch = history.BestEpoch,
        Retries = history.Retries,
        StoppedEarly = history.StoppedEarly,
        Cancelled = history.Cancelled,
        ResumedAt = history.ResumedAt,
        Terms = history.Terms.ToDictionary(t => t.Key, t => (IReadOnlyList<double>)t.Value),
        LearningRate = history.LearningRate,
    };

    /// <summary>Whether the teacher knows more than the students that learned without it.</summary>
    private IEnumerable<CheckupFinding> Gain(ModelFigures? teacher, BaselineComparison? comparison)
    {
        if (options.Checkup is null || teacher?.MeanAveragePrecision is not { } precision || comparison is null)
            yield break;
        var finding = TeacherGain.IsTeacherMorePrecise(precision, [.. comparison.Seeds.Select(one => one.Baseline)], comparison.Images);
        finding.Log(channel);
        yield return finding;
    }

    private ModelFigures Student(DetectorRun run, IEnumerable<double>? precisions)
    {
        List<double> all = [.. precisions ?? []];
        return new ModelFigures
        {
            MeanAveragePrecision = all.Count > 0 ? all.Average() : run.Precision?.Mean,
            MeanAveragePrecision50 = run.Precision?.At50,
            MeanAveragePrecisions = all,
            Parameters = inputs.Student.CountParameters(),
            ModelBytes = run.Onnx.LongLength,
            LatencyMs = run.History.Cancelled ? null : Try<double?>("the student's latency", () => Latency.OfModel(run.Onnx, inputs.Size, threads)),
            SecondsPerEpoch = run.History.SecondsPerEpoch,
            ImagesPerSecond = run.History.Images / run.History.Clock.TotalSeconds,
        };
    }

    private ModelFigures? Teacher()
    {
        var session = inputs.Teacher!.Session;
        var figures = new ModelFigures { Parameters = session.ParameterCount, ModelBytes = session.ModelBytes };
        if (inputs.Validation is null || (session.LooksAtRows && options.ValidationFraction == 0))
            return figures;
        var scenes = new HeldOutScenes(inputs.Validation, inputs.ClassNames, options.BatchSize, inputs.Device);
        var metrics = Try("the teacher on the validation images", () =>
        {
            var places = DetectorClassMatch.Find(inputs.Teacher.Name, session, inputs.ClassNames);
            return scenes.Measure((pixels, rows) => FoundByTeacher.Of(session.Detect(pixels, rows), rows.Length, places), options.CancellationToken);
        });
        return metrics is null ? figures : figures with { MeanAveragePrecision = metrics.MeanAveragePrecision, MeanAveragePrecision50 = metrics.MeanAveragePrecision50 };
    }

    private T? Try<T>(string what, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            channel.Warning(MessageSensitivity.None, $"The report goes without {what}: {error.Message}");
            return default;
        }
    }
}
