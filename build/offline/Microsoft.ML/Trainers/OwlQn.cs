namespace Microsoft.ML.Trainers;

/// <summary>
/// Minimises a smooth convex loss plus L1 · Σ|x|: limited-memory BFGS with the orthant-wise steps of
/// G. Andrew, J. Gao, "Scalable Training of L1-Regularized Log-Linear Models", ICML 2007. With L1 = 0 it is plain L-BFGS.
/// </summary>
internal sealed class OwlQn
{
    private const int MaximumHalvings = 60;
    private const int AveragedIterations = 5;

    private readonly LinkedList<(double[] Step, double[] Change, double Curvature)> _history = [];

    internal Func<double[], double[], double> Loss { get; init; }

    internal double L1 { get; init; }

    /// <summary>Parameters before this one (biases) are not penalised.</summary>
    internal int FirstPenalised { get; init; }

    internal int HistorySize { get; init; }

    /// <summary>The mean relative improvement over some iterations below which it stops.</summary>
    internal double Tolerance { get; init; }

    internal int MaximumIterations { get; init; }

    /// <summary>Improves <paramref name="x"/> in place; gives the number of iterations.</summary>
    internal int Minimize(double[] x)
    {
        var gradient = new double[x.Length];
        double value = Evaluate(x, gradient);
        var values = new Queue<double>([value]);
        for (int iteration = 1; iteration <= MaximumIterations; iteration++)
        {
            var steepest = PseudoGradient(x, gradient);
            if (VectorMath.Dot(steepest, steepest) == 0)
                return iteration - 1;
            var direction = Direction(steepest);
            var (next, nextGradient) = (new double[x.Length], new double[x.Length]);
            if (Search(x, value, steepest, direction, next, nextGradient) is not { } better)
                return iteration - 1;

            Remember(x, next, gradient, nextGradient);
            Array.Copy(next, x, x.Length);
            (gradient, value) = (nextGradient, better);
            values.Enqueue(value);
            if (values.Count > AveragedIterations + 1)
                values.Dequeue();
            if (values.Count > AveragedIterations && (values.Peek() - value) / AveragedIterations <= Tolerance * Math.Abs(value))
                return iteration;
        }
        return MaximumIterations;
    }

    private double Evaluate(double[] x, double[] gradient)
    {
        double value = Loss(x, gradient);
        if (L1 > 0)
        {
            for (int i = FirstPenalised; i < x.Length; i++)
                value += L1 * Math.Abs(x[i]);
        }
        return value;
    }

    /// <summary>The gradient with the penalty's slope; at zero, that of the side the loss falls to, or none.</summary>
    private double[] PseudoGradient(double[] x, double[] gradient)
    {
        var pseudo = (double[])gradient.Clone();
        for (int i = FirstPenalised; L1 > 0 && i < x.Length; i++)
        {
            if (x[i] != 0)
                pseudo[i] += L1 * Math.Sign(x[i]);
            else
                pseudo[i] = gradient[i] + L1 < 0 ? gradient[i] + L1 : gradient[i] - L1 > 0 ? gradient[i] - L1 : 0;
        }
        return pseudo;
    }

    /// <summary>Minus the inverse Hessian, as the history knows it, times the gradient (the two-loop recursion).</summary>
    private double[] Direction(double[] gradient)
    {
        var direction = (double[])gradient.Clone();
        var alphas = new Stack<double>();
        for (var node = _history.Last; node != null; node = node.Previous)
        {
            var (step, change, curvature) = node.Value;
            alphas.Push(VectorMath.Dot(step, direction) / curvature);
            VectorMath.AddScaled(direction, -alphas.Peek(), change);
        }
        if (_history.Last is { Value: var newest })
            VectorMath.Scale(direction, newest.Curvature / VectorMath.Dot(newest.Change, newest.Change));
        foreach (var (step, change, curvature) in _history)
            VectorMath.AddScaled(direction, alphas.Pop() - VectorMath.Dot(change, direction) / curvature, step);
        VectorMath.Scale(direction, -1);
        // A penalised step may not leave downhill: components that would climb are dropped.
        for (int i = FirstPenalised; L1 > 0 && i < direction.Length; i++)
        {
            if (direction[i] * gradient[i] >= 0)
                direction[i] = 0;
        }
        return direction;
    }

    /// <summary>Halves the step until it improves enough; null where none does, which is as far as the arithmetic goes.</summary>
    private double? Search(double[] x, double value, double[] steepest, double[] direction, double[] next, double[] nextGradient)
    {
        double length = _history.Count == 0 ? 1 / Math.Sqrt(VectorMath.Dot(direction, direction)) : 1;
        for (int halvings = 0; halvings < MaximumHalvings; halvings++, length /= 2)
        {
            Array.Copy(x, next, x.Length);
            VectorMath.AddScaled(next, length, direction);
            if (L1 > 0)
                StayInOrthant(x, steepest, next);
            double decrease = Along(steepest, x, next);
            double candidate = Evaluate(next, nextGradient);
            if (decrease < 0 && candidate <= value + 1e-4 * decrease)
                return candidate;
        }
        return null;
    }

    private static double Along(double[] gradient, double[] from, double[] to)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++)
            sum += gradient[i] * (to[i] - from[i]);
        return sum;
    }

    /// <summary>Within one orthant the penalty is linear; what would change its sign becomes zero.</summary>
    private void StayInOrthant(double[] x, double[] steepest, double[] next)
    {
        for (int i = FirstPenalised; i < x.Length; i++)
        {
            double sign = x[i] != 0 ? Math.Sign(x[i]) : -Math.Sign(steepest[i]);
            if (next[i] * sign <= 0)
                next[i] = 0;
        }
    }

    private void Remember(double[] x, double[] next, double[] gradient, double[] nextGradient)
    {
        var (step, change) = ((double[])next.Clone(), (double[])nextGradient.Clone());
        VectorMath.AddScaled(step, -1, x);
        VectorMath.AddScaled(change, -1, gradient);
        double curvature = VectorMath.Dot(step, change);
        // Only with positive curvature does the next direction lead down.
        if (curvature <= 1e-300)
            return;
        _history.AddLast((step, change, curvature));
        if (_history.Count > HistorySize)
            _history.RemoveFirst();
    }
}
