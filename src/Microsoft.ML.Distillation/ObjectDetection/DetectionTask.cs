using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What the training of a detector works with; the caller owns and disposes it all.</summary>
internal sealed record DetectionInputs(
    DetectorNetwork Student, PixelTransforms StudentView, IReadOnlyList<string> ClassNames, DetectionData Training, DetectionData? Validation, OpenedDetectorTeacher? Teacher, Device Device)
{
    /// <summary>Size of the network's input, at which images are stored.</summary>
    public ImageSize Size => Training.Pixels.Size;

    /// <summary>How the teacher's labels came to the training images; null where they have their own alone.</summary>
    public PseudoLabelOptions? PseudoLabels { get; init; }
}

/// <summary>Training a detector: its loss by the objects on the images and the methods' terms, measured by COCO's mean average precision.</summary>
internal sealed class DetectionTask : ITrainingTask
{
    private readonly DetectionInputs _inputs;
    private readonly DetectionLoader _loader;
    private readonly BatchRenderer _renderer;
    private readonly DetectorTaskLoss _task;
    private readonly DetectionLosses _losses;
    private readonly HeldOutScenes? _validation;
    private readonly MeasuredPrecisions _precisions;
    private readonly Suppression _suppression;
    private readonly OpenedDetectorTeacher? _teacher;
    private readonly Precision _precision;

    public DetectionTask(DetectionSettings settings, DetectionInputs inputs)
    {
        (_inputs, _precision) = (inputs, settings.Precision);
        WeightLayout.Prepare(inputs.Student, _precision);
        // One that was asked for labels alone has had its say.
        _teacher = DetectionLosses.NeedsOf(settings.Methods) == DetectionParts.None ? null : inputs.Teacher;
        _loader = new DetectionLoader(inputs.Training, settings.Augmentation, settings.BatchSize, settings.Seed, settings.Epochs);
        _renderer = new BatchRenderer(inputs.Size, settings.Augmentation, inputs.Device);
        _suppression = HeldOutScenes.Measuring(settings.Suppression);
        _validation = inputs.Validation is null ? null : new HeldOutScenes(inputs.Validation, inputs.ClassNames, settings.BatchSize, inputs.Device);
        _precisions = new MeasuredPrecisions(settings.Epochs);
        var context = new DetectionLossContext(
            DetectorShapes.Of(inputs.Student, inputs.Size), _teacher?.Describe(inputs.Size), inputs.Size, _loader.BatchSize, settings.Seed, inputs.Device);
        _task = new DetectorTaskLoss(inputs.Student, inputs.Size, settings.YoloLoss, settings.RetinaNetLoss, inputs.Device);
        try
        {
            _losses = new DetectionLosses(settings.Methods, context, _task.Compute);
        }
        catch
        {
            _task.Dispose();
            throw;
        }
        var helpers = _losses.Helpers.Select((helper, method) => (Helper: helper, Method: method)).Where(h => h.Helper is not null);
        Modules = [new TrainedModule("student", inputs.Student, Returned: true), .. helpers.Select(h => new TrainedModule($"method{h.Method + 1}", h.Helper!, Returned: false))];
    }

    public int BatchSize => _loader.BatchSize;

    public int StepsPerEpoch => _loader.StepsPerEpoch;

    public IReadOnlyList<TrainedModule> Modules { get; }

    public string? Metric => _validation is null ? null : "validation mAP 50:95";

    public Device Device => _inputs.Device;

    public ITensorState? OwnState => _validation is null ? null : _precisions;

    public IReadOnlyList<CheckupFinding> Findings => [];

    public IReadOnlyDictionary<string, double> MethodFactors => new Dictionary<string, double>();

    public TeacherCacheReport? TeacherCache => null;

    /// <summary>The mean average precision at an IoU of .5 after each epoch.</summary>
    public IReadOnlyList<double> Precisions50 => _precisions.Values;

    public IEnumerable<TrainingStep> Epoch(int epoch, int first)
    {
        if (first == 0)
            _inputs.Student.Begin(epoch);
        foreach (var batch in _loader.Epoch(epoch, first))
            yield return new TrainingStep([.. batch.Rows.Select(_inputs.Training.Pixels.Place)], clock => Compute(batch, clock));
    }

    public IReadOnlyDictionary<string, string> Identity() => new Dictionary<string, string>
    {
        ["Student"] = FormattableString.Invariant($"{_inputs.Student.GetName()} of {_inputs.Student.CountParameters()} weights for {_inputs.Size}, starting from {RunIdentity.Weights(_inputs.Student)}"),
        ["Anchors"] = $"{DetectorShapes.Grid(_inputs.Student.Anchors)}",
        ["Classes"] = string.Join(", ", _inputs.ClassNames),
        ["Normalization"] = $"{_inputs.StudentView.Normalization}",
        ["Teacher"] = _inputs.Teacher is { } teacher ? RunIdentity.Teacher(teacher.Teacher.Identity, teacher.Session.ParameterCount, teacher.Session.ModelBytes) : "none",
        ["PseudoLabels"] = _inputs.PseudoLabels?.Identity ?? "none",
        ["Training images"] = _inputs.Training.Fingerprint(),
        ["Validation images"] = _inputs.Validation?.Fingerprint() ?? "none",
    };

    public IReadOnlyList<double> TeacherSample() =>
    [
        .. _teacher is not { } teacher ? [] : RunIdentity.TeacherSample(_inputs.Training.Pixels, _inputs.Device, (pixels, _) =>
        {
            var output = teacher.Forward(pixels);
            return output.Heads.Concat(output.Boxes).Concat(output.Features);
        }),
        .. _inputs is { PseudoLabels: not null, Teacher: { } labeller } ? FoundByTeacher.Sample(labeller.Session, _inputs.Training.Pixels, _inputs.Device) : [],
    ];

    public double Validate(CancellationToken cancellation)
    {
        var metrics = _validation!.Measure((pixels, _) => Detect(pixels), cancellation);
        _precisions.Add(metrics.MeanAveragePrecision50);
        return metrics.MeanAveragePrecision;
    }

    public void Dispose()
    {
        _losses.Dispose();
        _task.Dispose();
    }

    private IReadOnlyList<DetectedObject[]> Detect(Tensor pixels)
    {
        var (boxes, scores) = _inputs.Student.Decode(_inputs.Student.call(View(pixels, Precision.Float32)));
        return BoxSelection.Find(boxes, scores, _suppression);
    }

    private IReadOnlyList<(string Name, Tensor Value)> Compute(DetectionBatch batch, PhaseClock clock)
    {
        var (pixels, rows) = _renderer.Render(batch);
        var targets = new DetectionTargets(rows, batch.Rows.Length) { Most = batch.MostInOne };
        clock.Mark("data");
        var teacher = _teacher?.Forward(pixels);
        clock.Mark("teacher");
        return _losses.Compute(new DetectionLossInput(DetectorShapes.Output(_inputs.Student.call(View(pixels, _precision))), teacher, targets));
    }

    /// <summary>Stored pixels as the student's network takes them: it is measured in float32, as the model will be that is saved.</summary>
    private Tensor View(Tensor pixels, Precision precision) => PixelTensor.ForNetwork(_inputs.StudentView.Apply(pixels), precision);
}
