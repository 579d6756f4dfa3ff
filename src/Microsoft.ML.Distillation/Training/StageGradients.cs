using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A part of a network whose gradient is looked at by itself.</summary>
internal sealed record GradientGroup(string Name, IReadOnlyList<Tensor> Parameters);

/// <summary>How much gradient each stage of a network gets.</summary>
internal static class StageGradients
{
    private const string Classifier = "classifier";

    /// <summary>A network's parameters by stage, the shallowest first; last those behind all stages. What stands between two stages belongs to the first of them, as a stem's BatchNorm does.</summary>
    public static IReadOnlyList<GradientGroup> Group(ClassifierModule student)
    {
        var parameters = student.named_parameters().Select(p => (Name: p.Item1, Value: (Tensor)p.Item2)).ToList();
        var stages = student.Stages.Select(s => s.Name).ToList();
        var last = parameters.FindLastIndex(p => StageOf(p.Name) >= 0);
        var groups = stages.Append(Classifier).Select(name => new GradientGroup(name, new List<Tensor>())).ToList();
        var stage = 0;
        for (var i = 0; i < parameters.Count; i++)
        {
            stage = i > last ? stages.Count : StageOf(parameters[i].Name) is >= 0 and var found ? found : stage;
            ((List<Tensor>)groups[stage].Parameters).Add(parameters[i].Value);
        }
        return [.. groups.Where(g => g.Parameters.Count > 0)];

        int StageOf(string name) => stages.FindIndex(s => name.StartsWith($"{s}.", StringComparison.Ordinal));
    }

    /// <summary>Takes gradients on the first steps of an epoch, and changes nothing by it: weights and statistics are afterwards what they were, bit for bit. The task trains no further then.</summary>
    public static IReadOnlyList<StageGradient> Measure(ITrainingTask task, IReadOnlyList<GradientGroup> groups, int epoch, int steps, CancellationToken cancellation)
    {
        var state = new StateParts([.. task.Modules.Select(m => (m.Name, (ITensorState)new ModuleTensors(m.Module)))]);
        using var own = new StateCopy();
        own.Take(state.Tensors);
        foreach (var trained in task.Modules)
            trained.Module.train();
        try
        {
            var clock = new PhaseClock();
            return Measure(groups, task.Epoch(epoch, first: 0).Take(steps).Select(step => (Func<Tensor>)(() => step.Compute(clock)[^1].Value)), cancellation);
        }
        finally
        {
            state.Restore(own.Tensors);
            foreach (var trained in task.Modules)
                trained.Module.eval();
        }
    }

    /// <param name="losses">Each made when it is its turn, and freed before the next.</param>
    /// <returns>For each group the mean over <paramref name="losses"/> of its gradient's norm.</returns>
    public static IReadOnlyList<StageGradient> Measure(IReadOnlyList<GradientGroup> groups, IEnumerable<Func<Tensor>> losses, CancellationToken cancellation)
    {
        List<Tensor> parameters = [.. groups.SelectMany(g => g.Parameters)];
        var (sums, count) = (new double[groups.Count], 0);
        foreach (var loss in losses)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            count++;
            if (TermGradients.Of(loss(), parameters) is not { } gradient)
                continue;
            var first = 0L;
            for (var i = 0; i < sums.Length; i++)
            {
                var length = groups[i].Parameters.Sum(p => p.numel());
                sums[i] += gradient.narrow(0, first, length).norm().item<double>();
                first += length;
            }
        }
        return count == 0 ? [] : [.. groups.Select((g, i) => new StageGradient(g.Name, sums[i] / count))];
    }
}
