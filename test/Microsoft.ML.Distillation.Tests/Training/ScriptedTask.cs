using Microsoft.ML.Distillation.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>A task of a few numbers: a linear layer that learns a slope, with a metric and faults as a test wants them. Twelve rows in batches of four.</summary>
internal sealed class ScriptedTask : ITrainingTask
{
    public const int Rows = 12;
    private readonly Linear _linear = nn.Linear(3, 1);
    private readonly double[] _measured;
    private readonly Func<long, int, Tensor, Tensor> _loss;
    private int _validations;

    /// <param name="measured">What each validation measures; none for a task without one.</param>
    /// <param name="loss">From the step, how often it was computed before, and the loss to the one to use.</param>
    public ScriptedTask(double[]? measured = null, Func<long, int, Tensor, Tensor>? loss = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _linear.weight!.copy_(tensor(new[] { .5f, -.25f, .125f }, [1, 3]));
        _linear.bias!.copy_(tensor(new[] { .1f }));
        (_measured, _loss) = (measured ?? [], loss ?? ((_, _, value) => value));
        Modules = [new TrainedModule("linear", _linear, Returned: true)];
    }

    public int BatchSize => 4;

    public int StepsPerEpoch => Rows / BatchSize;

    public Device Device => CPU;

    public IReadOnlyList<TrainedModule> Modules { get; }

    public string? Metric => _measured.Length == 0 ? null : "score";

    public ITensorState? OwnState => null;

    public IReadOnlyList<CheckupFinding> Findings => [];

    public IReadOnlyDictionary<string, double> MethodFactors => new Dictionary<string, double>();

    public TeacherCacheReport? TeacherCache => null;

    /// <summary>The steps that were computed, in turn.</summary>
    public List<long> Computed { get; } = [];

    /// <summary>The weights at each validation.</summary>
    public List<float[]> Validated { get; } = [];

    public float[] Weights => [.. Numbers.Floats(_linear.weight!), .. Numbers.Floats(_linear.bias!)];

    public IReadOnlyList<Parameter> Parameters => [_linear.weight!, _linear.bias!];

    public IEnumerable<TrainingStep> Epoch(int epoch, int first)
    {
        for (var i = first; i < StepsPerEpoch; i++)
        {
            var step = (long)epoch * StepsPerEpoch + i;
            yield return new TrainingStep([.. Enumerable.Range(BatchSize * i, BatchSize)], _ => Compute(step));
        }
    }

    public IReadOnlyDictionary<string, string> Identity() => new Dictionary<string, string> { ["Task"] = "scripted" };

    public IReadOnlyList<double> TeacherSample() => [];

    public double Validate(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Validated.Add(Weights);
        return _measured[_validations++];
    }

    public void Dispose() => _linear.Dispose();

    /// <summary>What is learned from at a step.</summary>
    public static (Tensor Input, Tensor Target) Data(long step)
    {
        var input = tensor(Numbers.Gaussian(12, seed: (int)step + 1), [4, 3]);
        return (input, input.matmul(tensor(new[] { 1f, 2f, 3f }, [3, 1])));
    }

    private IReadOnlyList<(string Name, Tensor Value)> Compute(long step)
    {
        var (input, target) = Data(step);
        var before = Computed.Count(s => s == step);
        Computed.Add(step);
        var loss = _loss(step, before, (_linear.call(input) - target).square().mean());
        return [("task", loss), ("total", loss * 1)];
    }
}
