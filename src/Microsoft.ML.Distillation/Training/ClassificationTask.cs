using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What a training run works with; the caller owns and disposes it all.</summary>
internal sealed record TrainingInputs(
    ClassifierModule Student, PixelTransforms StudentView, ImageSize StudentSize, PixelStore Training, PixelStore? Validation, OpenedTeacher? Teacher, Device Device);

/// <summary>Training a classifier: the labels' cross-entropy and the methods' terms, measured by the share of images that are classified right.</summary>
internal sealed class ClassificationTask : ITrainingTask
{
    private readonly TrainingInputs _inputs;
    private readonly BatchLoader _loader;
    private readonly BatchMixer _mixer;
    private readonly MethodLosses _losses;
    private readonly CachedTeacher? _teacher;
    private readonly TeacherCachePlan _cachePlan;
    private readonly Precision _precision;

    public ClassificationTask(TrainingSettings settings, TrainingInputs inputs)
    {
        (_inputs, _precision) = (inputs, settings.Precision);
        WeightLayout.Prepare(inputs.Student, _precision);
        var wanted = inputs.Teacher is null ? TeacherParts.None : MethodLosses.NeedsOf(settings.Methods);
        _cachePlan = TeacherCachePlan.Make(settings.TeacherCache, settings.Augmentation, wanted, settings.Epochs, inputs.Teacher?.Session.ScoredBeforehand == true);
        _loader = new BatchLoader(
            inputs.Training, new BatchAugmenter(settings.Augmentation, inputs.Training.Size, inputs.StudentSize), settings.BatchSize, settings.Seed, MethodLosses.PartsOf(settings.Methods),
            _cachePlan.Views);
        _mixer = new BatchMixer(settings.Augmentation, settings.Seed);
        var context = new LossContext(
            inputs.Student.Describe(inputs.StudentSize), inputs.Teacher?.Describe(inputs.Training.Size),
            inputs.Training.HasLabels ? inputs.Training.Labels : [],
            _loader.BatchSize, _loader.StepsPerEpoch, settings.Epochs, settings.Seed, inputs.Device);
        _losses = new MethodLosses(settings.Methods, context) { Watch = GradientWatch.For(inputs.Student, settings.Methods, settings.Balance, context.HasLabels) };
        try
        {
            _teacher = inputs.Teacher is null ? null : new CachedTeacher(inputs.Teacher, _cachePlan, settings, inputs.Training, inputs.Device);
        }
        catch
        {
            _losses.Dispose();
            throw;
        }
        inputs.Student.KeepsPreActivations = (_losses.Uses & BatchParts.PreActivations) != 0;
        Modules = [new TrainedModule("student", inputs.Student, Returned: true), .. _losses.Helpers];
    }

    public int BatchSize => _loader.BatchSize;

    public int StepsPerEpoch => _loader.StepsPerEpoch;

    public IReadOnlyList<TrainedModule> Modules { get; }

    public string? Metric => _inputs.Validation is null ? null : "validation accuracy";

    public Device Device => _inputs.Device;

    public ITensorState? OwnState => _losses.Watch;

    public IReadOnlyList<CheckupFinding> Findings => _losses.Watch?.Findings ?? [];

    public IReadOnlyDictionary<string, double> MethodFactors => _losses.Watch?.Factors ?? new Dictionary<string, double>();

    public TeacherCacheReport? TeacherCache => _teacher?.Report;

    /// <summary>Early exits that train with the student; they live as long as this.</summary>
    public IReadOnlyList<EarlyExit> Exits => _losses.Exits;

    public IEnumerable<TrainingStep> Epoch(int epoch, int first)
    {
        if (first == 0)
            _inputs.Student.Begin(epoch);
        var step = (long)epoch * StepsPerEpoch + first;
        foreach (var batch in _loader.Epoch(epoch, first))
        {
            var number = step++;
            yield return new TrainingStep([.. batch.Rows.Select(_inputs.Training.Place)], clock => Compute(batch, number, clock));
        }
    }

    public IReadOnlyDictionary<string, string> Identity() => new Dictionary<string, string>
    {
        ["Student"] = FormattableString.Invariant($"{_inputs.Student.GetName()} of {_inputs.Student.CountParameters()} weights for {_inputs.StudentSize}, starting from {RunIdentity.Weights(_inputs.Student)}"),
        ["Normalization"] = $"{_inputs.StudentView.Normalization}",
        ["Teacher"] = _inputs.Teacher is { } teacher ? RunIdentity.Teacher(teacher.Teacher.Identity, teacher.Session.ParameterCount, teacher.Session.ModelBytes) : "none",
        ["TeacherCache"] = _cachePlan.State,
        ["Training images"] = _inputs.Training.Fingerprint(),
        ["Validation images"] = _inputs.Validation?.Fingerprint() ?? "none",
    };

    public IReadOnlyList<double> TeacherSample() => _inputs.Teacher is not { } teacher ? [] : RunIdentity.TeacherSample(_inputs.Training, _inputs.Device, (pixels, rows) =>
    {
        var output = teacher.Forward(pixels, _inputs.Training, rows);
        return output.Features.Prepend(output.Embedding).Prepend(output.Logits).OfType<Tensor>();
    });

    public double Validate(CancellationToken cancellation)
    {
        var store = _inputs.Validation!;
        var predicted = StoredPredictions.Classes(
            store, [.. Enumerable.Range(0, store.Count)], BatchSize, _inputs.Device, (pixels, _) => _inputs.Student.call(View(pixels, Precision.Float32)).Logits!, cancellation);
        return predicted.Zip(store.Labels).Count(p => p.First == p.Second) / (double)store.Count;
    }

    public void Dispose()
    {
        _losses.Dispose();
        _teacher?.Dispose();
    }

    private IReadOnlyList<(string Name, Tensor Value)> Compute(Batch batch, long step, PhaseClock clock)
    {
        var (pixels, labels) = _mixer.Mix(ToDevice(batch.Pixels), tensor(batch.Labels).UploadTo(_inputs.Device), step);
        clock.Mark("data");
        var teacher = _teacher?.Forward(pixels, batch);
        clock.Mark("teacher");
        var companion = batch.Companions is null ? null : View(ToDevice(batch.Companions));
        return _losses.Compute(Input(pixels, teacher, labels) with { Epoch = (double)step / StepsPerEpoch, Rows = batch.Rows, Companion = companion });
    }

    private LossInput Input(Tensor pixels, ModelOutput? teacher, BatchLabels labels)
    {
        var view = View(pixels);
        var byInput = (_losses.Uses & BatchParts.InputGradients) != 0;
        var student = _inputs.Student.call(byInput ? view.requires_grad_() : view);
        return new LossInput(byInput ? student with { Input = view } : student, teacher, labels) { Pixels = view, Forward = _inputs.Student.call };
    }

    private Tensor View(Tensor pixels) => View(pixels, _precision);

    /// <summary>Stored pixels as the student's network takes them: it is measured in float32, as the model will be that is saved.</summary>
    private Tensor View(Tensor pixels, Precision precision) => PixelTensor.ForNetwork(_inputs.StudentView.Apply(pixels), precision);

    private Tensor ToDevice(byte[] pixels) => PixelTensor.Create(pixels, BatchSize, _inputs.Training.Size, _inputs.Device);
}
