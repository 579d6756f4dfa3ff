using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What a training run works with; the caller owns and disposes it all.</summary>
internal sealed record TrainingInputs(
    ClassifierModule Student, PixelTransforms StudentView, ImageSize StudentSize, PixelStore Training, PixelStore? Validation, OpenedTeacher? Teacher, Device Device);

/// <summary>The training loop: task loss and the methods' terms, batch by batch.</summary>
internal sealed class StudentTraining : IDisposable
{
    private readonly TrainingSettings _settings;
    private readonly TrainingInputs _inputs;
    private readonly ProgressReporter _progress;
    private readonly BatchLoader _loader;
    private readonly BatchMixer _mixer;
    private readonly MethodLosses _losses;
    private readonly CachedTeacher? _teacher;
    private readonly PhaseClock _clock = new();

    public StudentTraining(TrainingSettings settings, TrainingInputs inputs, ProgressReporter progress)
    {
        (_settings, _inputs, _progress) = (settings, inputs, progress);
        var wanted = _inputs.Teacher is null ? TeacherParts.None : MethodLosses.NeedsOf(_settings.Methods);
        var cachePlan = TeacherCachePlan.Make(_settings.TeacherCache, _settings.Augmentation, wanted, _settings.Epochs, _inputs.Teacher?.Session.ScoredBeforehand == true);
        _loader = new BatchLoader(
            _inputs.Training, new BatchAugmenter(_settings.Augmentation, _inputs.Training.Size, _inputs.StudentSize), _settings.BatchSize, _settings.Seed, MethodLosses.PartsOf(_settings.Methods),
            cachePlan.Views);
        _mixer = new BatchMixer(_settings.Augmentation, _settings.Seed);
        var context = new LossContext(
            _inputs.Student.Describe(_inputs.StudentSize), _inputs.Teacher?.Describe(_inputs.Training.Size),
            _inputs.Training.HasLabels ? _inputs.Training.Labels : [],
            _loader.BatchSize, _loader.StepsPerEpoch, _settings.Epochs, _settings.Seed, _inputs.Device);
        _losses = new MethodLosses(_settings.Methods, context) { Watch = GradientWatch.For(_inputs.Student, _settings.Methods, _settings.Balance, context.HasLabels) };
        _teacher = _inputs.Teacher is null ? null : new CachedTeacher(_inputs.Teacher, cachePlan, _settings, _inputs.Training.Count, _inputs.Device);
        _inputs.Student.KeepsPreActivations = (_losses.Uses & BatchParts.PreActivations) != 0;
    }

    /// <summary>Early exits that trained with the student; they live as long as this.</summary>
    public IReadOnlyList<EarlyExit> Exits => _losses.Exits;

    public TrainingHistory Run()
    {
        var history = new TrainingHistory([], [], [], _clock, (long)_settings.Epochs * _loader.StepsPerEpoch * _loader.BatchSize, _settings.Epochs);
        using var optimizer = _settings.Optimizer.Create(TrainedParameters());
        _progress.StartTraining(_settings.Epochs, _loader.StepsPerEpoch, _loader.BatchSize);
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            using var means = new TermMeans();
            RunEpoch(epoch, optimizer, means);
            Record(history, means.Read());
            if (_inputs.Validation is not null)
                history.ValidationAccuracy.Add(_progress.Validated(epoch, Accuracy(_inputs.Validation)));
        }
        _progress.Trained(_teacher?.Report);
        return history with { TeacherCache = _teacher?.Report, Findings = _losses.Watch?.Findings ?? [], MethodFactors = _losses.Watch?.Factors ?? new Dictionary<string, double>() };
    }

    public void Dispose()
    {
        _losses.Dispose();
        _teacher?.Dispose();
    }

    private void RunEpoch(int epoch, OptimizerHelper optimizer, TermMeans means)
    {
        _inputs.Student.train();
        _losses.Train();
        _clock.Skip();
        long step = (long)epoch * _loader.StepsPerEpoch;
        foreach (var batch in _loader.Epoch(epoch))
        {
            _settings.Cancellation.ThrowIfCancellationRequested();
            var rate = _settings.Optimizer.LearningRate * _settings.Schedule.Factor(step, _loader.StepsPerEpoch, _settings.Epochs);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;
            Step(batch, step, optimizer, means);
            _progress.Stepped(epoch, ++step, rate, means);
            ThrowIfDiverged(means.Known, epoch);
        }
    }

    private void Step(Batch batch, long step, OptimizerHelper optimizer, TermMeans means)
    {
        using var scope = NewDisposeScope();
        var (pixels, labels) = _mixer.Mix(ToDevice(batch.Pixels), tensor(batch.Labels).to(_inputs.Device), step);
        _clock.Mark("data");
        var teacher = _teacher?.Forward(pixels, batch);
        _clock.Mark("teacher");
        var companion = batch.Companions is null ? null : View(ToDevice(batch.Companions));
        var terms = _losses.Compute(Input(pixels, teacher, labels) with { Epoch = (double)step / _loader.StepsPerEpoch, Rows = batch.Rows, Companion = companion });
        optimizer.zero_grad();
        terms[^1].Value.backward();
        _clock.Mark("student");
        optimizer.step();
        means.Add(terms);
        _clock.Mark("optimiser");
    }

    private LossInput Input(Tensor pixels, ModelOutput? teacher, BatchLabels labels)
    {
        var view = View(pixels);
        var byInput = (_losses.Uses & BatchParts.InputGradients) != 0;
        var student = _inputs.Student.call(byInput ? view.requires_grad_() : view);
        return new LossInput(byInput ? student with { Input = view } : student, teacher, labels) { Pixels = view, Forward = _inputs.Student.call };
    }

    private IEnumerable<Parameter> TrainedParameters() => [.. _inputs.Student.parameters(), .. _losses.Parameters];

    // A run that broke early in a long epoch is not to go on to the epoch's end.
    private void ThrowIfDiverged(IReadOnlyDictionary<string, double>? means, int epoch)
    {
        if (means?.FirstOrDefault(m => !double.IsFinite(m.Value)) is { Key: not null } broken)
        {
            throw new InvalidOperationException($"Training diverged in epoch {epoch + 1} of {_settings.Epochs}: loss term '{broken.Key}' is {broken.Value}. "
                + "Lower Optimizer.LearningRate or the methods' weights, or give the schedule more warm-up epochs.");
        }
    }

    private void Record(TrainingHistory history, IReadOnlyDictionary<string, double> means)
    {
        foreach (var (name, value) in means)
        {
            if (!history.Terms.TryGetValue(name, out var values))
                history.Terms.Add(name, values = []);
            values.Add(value);
        }
        history.LearningRate.Add(_progress.LearningRate);
    }

    private double Accuracy(PixelStore store)
    {
        _inputs.Student.eval();
        var predicted = StoredPredictions.Classes(
            store, [.. Enumerable.Range(0, store.Count)], _loader.BatchSize, _inputs.Device, (pixels, _) => _inputs.Student.call(View(pixels)).Logits!, _settings.Cancellation);
        return predicted.Zip(store.Labels).Count(p => p.First == p.Second) / (double)store.Count;
    }

    /// <summary>Stored pixels as the student's network takes them.</summary>
    private Tensor View(Tensor pixels) => PixelTensor.ForNetwork(_inputs.StudentView.Apply(pixels));

    private Tensor ToDevice(byte[] pixels) => PixelTensor.Create(pixels, _loader.BatchSize, _inputs.Training.Size, _inputs.Device);
}
