using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What a training run works with; the caller owns and disposes it all.</summary>
internal sealed record TrainingInputs(ClassifierModule Student, PixelTransforms StudentView, PixelStore Training, PixelStore? Validation, OpenedTeacher? Teacher, Device Device);

/// <summary>The course of a run, as it goes into the report.</summary>
internal sealed record TrainingHistory(
    Dictionary<string, List<double>> Terms, List<double> LearningRate, List<double> ValidationAccuracy, PhaseClock Clock, long Images, int Epochs);

/// <summary>The training loop: task loss and the methods' terms, batch by batch.</summary>
internal sealed class StudentTraining(TrainingSettings settings, TrainingInputs inputs, ProgressReporter progress) : IDisposable
{
    private const int EvaluationBatch = 256;
    private readonly BatchLoader _loader = new(inputs.Training, new BatchAugmenter(settings.Augmentation, inputs.Training.Size), settings.BatchSize, settings.Seed);
    private readonly List<DistillationLoss> _losses = [.. settings.Methods.Select(m => m.CreateLoss())];
    private readonly double _taskWeight = settings.Methods.Aggregate(1.0, (weight, method) => weight * method.TaskWeight);
    private readonly PhaseClock _clock = new();

    public TrainingHistory Run()
    {
        var history = new TrainingHistory([], [], [], _clock, (long)settings.Epochs * _loader.StepsPerEpoch * _loader.BatchSize, settings.Epochs);
        using var optimizer = settings.Optimizer.Create(TrainedParameters());
        progress.StartTraining(settings.Epochs, _loader.StepsPerEpoch, _loader.BatchSize);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            using var means = new TermMeans();
            RunEpoch(epoch, optimizer, means);
            Record(history, means.Read(), epoch);
            if (inputs.Validation is not null)
                history.ValidationAccuracy.Add(progress.Validated(epoch, Accuracy(inputs.Validation)));
        }
        return history;
    }

    public void Dispose()
    {
        foreach (var loss in _losses)
            loss.Helper?.Dispose();
    }

    private void RunEpoch(int epoch, OptimizerHelper optimizer, TermMeans means)
    {
        inputs.Student.train();
        _clock.Skip();
        long step = (long)epoch * _loader.StepsPerEpoch;
        foreach (var batch in _loader.Epoch(epoch))
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            var rate = settings.Optimizer.LearningRate * settings.Schedule.Factor(step, _loader.StepsPerEpoch, settings.Epochs);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;
            Step(batch, optimizer, means);
            progress.Stepped(epoch, ++step, rate, means);
        }
    }

    private void Step(Batch batch, OptimizerHelper optimizer, TermMeans means)
    {
        using var scope = NewDisposeScope();
        var pixels = ToDevice(batch.Pixels, _loader.BatchSize, inputs.Training.Size);
        var labels = tensor(batch.Labels).to(inputs.Device);
        _clock.Mark("data");
        var teacher = inputs.Teacher?.Forward(pixels);
        _clock.Mark("teacher");
        var student = Forward(pixels);
        var terms = new List<(string Name, Tensor Value)>();
        var total = TotalLoss(new LossInput(student, teacher, labels), terms);
        optimizer.zero_grad();
        total.backward();
        _clock.Mark("student");
        optimizer.step();
        means.Add([.. terms, ("total", total)]);
        _clock.Mark("optimiser");
    }

    private Tensor TotalLoss(LossInput input, List<(string Name, Tensor Value)> terms)
    {
        var task = nn.functional.cross_entropy(input.Student.Logits!, input.Labels);
        terms.Add(("task", task));
        var total = task * _taskWeight;
        foreach (var term in _losses.SelectMany(loss => loss.Compute(input)))
        {
            terms.Add((term.Name, term.Value));
            total += term.Value * term.Weight;
        }
        return total;
    }

    private IEnumerable<Parameter> TrainedParameters() =>
        [.. inputs.Student.parameters(), .. _losses.SelectMany(loss => loss.Helper?.parameters() ?? [])];

    private void Record(TrainingHistory history, IReadOnlyDictionary<string, double> means, int epoch)
    {
        if (means.FirstOrDefault(m => !double.IsFinite(m.Value)) is { Key: not null } broken)
        {
            throw new InvalidOperationException($"Training diverged in epoch {epoch + 1} of {settings.Epochs}: loss term '{broken.Key}' is {broken.Value}. "
                + "Lower Optimizer.LearningRate, or give the schedule more warm-up epochs.");
        }
        foreach (var (name, value) in means)
        {
            if (!history.Terms.TryGetValue(name, out var values))
                history.Terms.Add(name, values = []);
            values.Add(value);
        }
        history.LearningRate.Add(progress.LearningRate);
    }

    private double Accuracy(PixelStore store)
    {
        using var noGrad = no_grad();
        inputs.Student.eval();
        var right = 0L;
        var pixels = new byte[checked(Math.Min(EvaluationBatch, store.Count) * store.RowBytes)];
        for (var first = 0; first < store.Count; first += EvaluationBatch)
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = Math.Min(EvaluationBatch, store.Count - first);
            for (var i = 0; i < rows; i++)
                store.Pixels(first + i).CopyTo(pixels.AsSpan(i * store.RowBytes));
            var labels = tensor(Enumerable.Range(first, rows).Select(i => (long)store.Labels[i]).ToArray()).to(inputs.Device);
            var logits = Forward(ToDevice(pixels, rows, store.Size)).Logits!;
            right += logits.argmax(1).eq(labels).sum().item<long>();
        }
        return right / (double)store.Count;
    }

    private ModelOutput Forward(Tensor pixels)
    {
        var view = inputs.StudentView.Apply(pixels);
        // Convolutions keep their input's layout, and on a CPU they are faster by half where the channels lie together.
        return inputs.Student.call(view.device_type == DeviceType.CPU ? PixelTensor.ChannelsLast(view) : view);
    }

    private Tensor ToDevice(byte[] pixels, int rows, ImageSize size) =>
        PixelTensor.Create(pixels, rows, size, inputs.Device);
}
