using Microsoft.ML.Distillation.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Looks at methods' gradients beside the labels' now and then in training: do they agree, and how long are they?</summary>
/// <param name="parameters">What the task and the methods share: the student's last stage.</param>
/// <param name="balance">Weigh methods by it; null for their own weights.</param>
internal sealed class GradientWatch(IReadOnlyList<Tensor> parameters, IReadOnlyList<DistillationMethod> methods, TermBalanceOptions? balance) : ITensorState
{
    private const string StepName = "step";
    private readonly List<GradientConflict> _conflicts = [.. methods.Select(m => new GradientConflict(m.Name))];
    private readonly List<TermBalance>? _balances = balance is null ? null : [.. methods.Select(_ => new TermBalance(balance))];
    private long _step;

    /// <summary>Whether methods agree with the labels, one finding a method.</summary>
    public IReadOnlyList<CheckupFinding> Findings => [.. _conflicts.Select(c => c.Find()).OfType<CheckupFinding>()];

    /// <summary>The factors on the methods' terms, by method; empty where they keep their own weights.</summary>
    public IReadOnlyDictionary<string, double> Factors => _balances?.Select((b, m) => (Name: Unique(m), b.Factor)).ToDictionary(b => b.Name, b => b.Factor) ?? [];

    public IEnumerable<(string Name, Tensor Value)> Tensors
    {
        get
        {
            yield return (StepName, tensor(_step));
            for (var m = 0; m < _conflicts.Count; m++)
            {
                yield return (SamplesName(m), tensor(_conflicts[m].Sums));
                if (_balances?[m].Measured is { } measured)
                    yield return (BalanceName(m), tensor(new[] { measured.Task, measured.Method, measured.Batches }));
            }
        }
    }

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        _step = tensors[StepName].item<long>();
        for (var m = 0; m < _conflicts.Count; m++)
        {
            _conflicts[m].Sums = tensors[SamplesName(m)].data<double>().ToArray();
            if (_balances is not null && tensors[BalanceName(m)].data<double>().ToArray() is [var task, var method, var batches])
                _balances[m].Measured = (task, method, (int)batches);
        }
    }

    /// <summary>The watch of a run; null where there is nothing to compare.</summary>
    public static GradientWatch? For(ClassifierModule student, IReadOnlyList<DistillationMethod> methods, TermBalanceOptions? balance, bool hasLabels) =>
        hasLabels && methods.Count > 0 ? new GradientWatch([.. student.LastStageParameters], methods, balance) : null;

    /// <summary>Looks at a step's terms, where it is time to.</summary>
    /// <param name="task">The labels' cross-entropy.</param>
    /// <param name="terms">Each method's terms.</param>
    /// <param name="taskWeight">Of the labels' cross-entropy in what is minimised; balancing goes by the cross-entropy as it is.</param>
    public void See(Tensor task, IReadOnlyList<IReadOnlyList<LossTerm>> terms, double taskWeight = 1)
    {
        var samples = _step++ % GradientConflict.Interval == 0;
        var looked = Enumerable.Range(0, terms.Count).Where(m => samples || _balances?[m].Measures == true).ToList();
        if (looked.Count == 0)
            return;
        using var scope = NewDisposeScope();
        if (TermGradients.Of(task, parameters) is not { } wanted)
            return;
        foreach (var method in looked)
        {
            // As it is once it has begun: a weight that still rises says nothing of how long the gradient will be.
            var moving = terms[method].Where(t => t.FullWeight != 0 && t.Value.requires_grad).Select(t => t.Value * t.FullWeight).ToList();
            if (moving.Count == 0)
                continue;
            var pair = TermGradients.Compare(wanted, TermGradients.Of(moving.Aggregate((a, b) => a + b), parameters)!);
            _balances?[method].Add(pair);
            if (samples)
                _conflicts[method].Add(pair with { Task = pair.Task * taskWeight, Method = pair.Method * Factor(method) });
        }
    }

    private static string SamplesName(int method) => FormattableString.Invariant($"samples {method}");

    private static string BalanceName(int method) => FormattableString.Invariant($"balance {method}");

    // The same method may be there twice.
    private string Unique(int method)
    {
        var place = methods.Take(method).Count(m => m.Name == methods[method].Name);
        return place == 0 ? methods[method].Name : $"{methods[method].Name} {place + 1}";
    }

    /// <summary>The factor on a method's terms.</summary>
    public double Factor(int method) => _balances?[method].Factor ?? 1;
}
