using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The report of a run that trained a detector. What can't be had costs the report that part and a warning, never the run its model.</summary>
internal sealed class DetectionReport(ObjectDetectionDistillationOptions options, DetectionInputs inputs, int seed, int threads, IChannel channel)
{
    /// <summary>What networks computed in.</summary>
    public required Precision Precision { get; init; }

    /// <summary>What was noticed about the images.</summary>
    public IReadOnlyList<DataFinding> Findings { get; init; } = [];

    /// <summary>Rows left out.</summary>
    public IReadOnlyList<SkippedRow> Skipped { get; init; } = [];

    public TrainingReport Write(TrainingHistory history, IReadOnlyList<double> precisions50, byte[] onnx) => new()
    {
        Task = "object detection",
        Student = options.Student.Name,
        Teacher = options.Teacher?.Name,
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
        IsDistilled = options.Methods.Count > 0,
        TrainingRows = inputs.Training.Count,
        ValidationRows = inputs.Validation?.Count ?? 0,
        SkippedRows = Skipped,
        DataFindings = Findings,
        Parameters = inputs.Student.CountParameters(),
        TeacherParameters = inputs.Teacher?.Session.ParameterCount,
        Epochs = history.Epochs,
        SecondsPerEpoch = history.SecondsPerEpoch,
        ImagesPerSecond = history.Images / history.Clock.TotalSeconds,
        Phases = history.Clock.Seconds,
        Terms = history.Terms.ToDictionary(t => t.Key, t => (IReadOnlyList<double>)t.Value),
        LearningRate = history.LearningRate,
        ValidationPrecision = history.ValidationAccuracy,
        ValidationPrecision50 = precisions50,
        StudentFigures = Student(history, precisions50, onnx),
        TeacherFigures = options.Teacher is null || history.Cancelled ? null : Teacher(),
    };

    // Of the weights that are returned: the best epoch's where there is a best, else the last one's.
    private ModelFigures Student(TrainingHistory history, IReadOnlyList<double> precisions50, byte[] onnx)
    {
        var epoch = (options.KeepBest ? history.BestEpoch : history.ValidationAccuracy.Count) - 1;
        var measured = epoch >= 0 && epoch < precisions50.Count;
        return new ModelFigures
        {
            MeanAveragePrecision = measured ? history.ValidationAccuracy[epoch!.Value] : null,
            MeanAveragePrecision50 = measured ? precisions50[epoch!.Value] : null,
            Parameters = inputs.Student.CountParameters(),
            ModelBytes = onnx.LongLength,
            LatencyMs = history.Cancelled ? null : Try<double?>("the student's latency", () => Latency.OfModel(onnx, inputs.Size, threads)),
            SecondsPerEpoch = history.SecondsPerEpoch,
            ImagesPerSecond = history.Images / history.Clock.TotalSeconds,
        };
    }

    private ModelFigures? Teacher()
    {
        var session = inputs.Teacher!.Session;
        var figures = new ModelFigures { Parameters = session.ParameterCount, ModelBytes = session.ModelBytes };
        // A teacher of boxes alone is asked by rows, and has those of the training data.
        if (inputs.Validation is null || session.ClassNames is not { } names || session.Describe(inputs.Size) is null)
            return figures;
        var scenes = new HeldOutScenes(inputs.Validation, inputs.ClassNames, options.BatchSize, inputs.Device);
        var places = names.Select(name => inputs.ClassNames.ToList().IndexOf(name)).ToArray();
        var metrics = Try("the teacher on the validation images", () => scenes.Measure((pixels, rows) => FoundByTeacher.Of(session.Detect(pixels, rows), rows.Length, places), options.CancellationToken));
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
