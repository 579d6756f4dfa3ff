namespace Microsoft.ML.Distillation.Training;

/// <summary>The factor on one method's terms that makes their gradient as long as a share of the task's.</summary>
internal sealed class TermBalance(TermBalanceOptions options)
{
    private double _task, _method;
    private int _batches;

    /// <summary>What was measured so far: sums of both gradients' norms, and the batches.</summary>
    public (double Task, double Method, int Batches) Measured
    {
        get => (_task, _method, _batches);
        set
        {
            (_task, _method, _batches) = value;
            Factor = _batches == 0 ? 1 : options.Share * _task / _method;
        }
    }

    /// <summary>Whether there is more to measure.</summary>
    public bool Measures => _batches < options.Batches;

    /// <summary>1 until something was measured.</summary>
    public double Factor { get; private set; } = 1;

    /// <param name="pair">The method's with its own weight. A method that has no gradient yet is measured once it has.</param>
    public void Add(GradientPair pair)
    {
        if (!Measures || !(pair is { Task: > 0, Method: > 0 } && double.IsFinite(pair.Task + pair.Method)))
            return;
        Measured = (_task + pair.Task, _method + pair.Method, _batches + 1);
    }
}
