namespace Microsoft.ML.Distillation.Training;

/// <summary>Whether what a method asks of the student goes against its labels: the mean cosine of both gradients over samples from all of training.</summary>
internal sealed class GradientConflict(string method)
{
    /// <summary>Steps from sample to sample: a sample costs about as much as the backward pass through the student's last stage, twice.</summary>
    public const int Interval = 50;

    /// <summary>Fewer samples prove nothing.</summary>
    public const int FewestSamples = 5;

    /// <summary>A mean cosine below this is a conflict: gradients in many dimensions that have nothing to do with one another are nearly at right angles.</summary>
    private const double Against = -.1;

    /// <summary>A method whose gradient is a smaller share of the task's than this does no harm.</summary>
    private const double Harmless = .1;

    private const string Code = "gradient-conflict";
    private double _count, _cosines, _squares, _tasks, _methods;

    /// <summary>The samples so far: their number, and sums of cosines, of their squares, and of both gradients' norms.</summary>
    public double[] Sums
    {
        get => [_count, _cosines, _squares, _tasks, _methods];
        set => (_count, _cosines, _squares, _tasks, _methods) = (value[0], value[1], value[2], value[3], value[4]);
    }

    /// <param name="pair">The method's with its weight.</param>
    public void Add(GradientPair pair)
    {
        if (pair is { Task: > 0, Method: > 0 } && double.IsFinite(pair.Cosine))
            Sums = [_count + 1, _cosines + pair.Cosine, _squares + pair.Cosine * pair.Cosine, _tasks + pair.Task, _methods + pair.Method];
    }

    /// <returns>Null where there are too few samples.</returns>
    public CheckupFinding? Find()
    {
        if (_count < FewestSamples)
            return null;
        var mean = _cosines / _count;
        var error = Math.Sqrt(Math.Max(0, _squares - _count * mean * mean) / (_count - 1) / _count);
        var size = _methods / _tasks;
        FormattableString measured =
            $"On the student's last stage, {method}'s gradient and the labels' have a mean cosine of {mean:+0.00;-0.00;0.00} ± {error:0.00} over {_count} samples of training; the method's is {size:0.00} times as long.";
        return mean < Against && mean + 2 * error < 0 && size > Harmless
            ? CheckupFinding.Warning(Code, measured, $"What {method} teaches goes against the labels: lower its weight, or check the teacher.")
            : CheckupFinding.Info(Code, measured);
    }
}
