using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>Gradients held against the slope of the value, by central differences in double precision.</summary>
internal static class Slopes
{
    private const double Step = 1e-5;

    // A central difference of step h is off by about h²·f‴/6, and by the value's rounding (1e-16 of it) over h: some 1e-10 of the value each.
    private const double Tolerance = 1e-7;

    /// <summary>The gradient of <paramref name="value"/> at <paramref name="at"/>, and the slopes of the value along every element, agree.</summary>
    public static void Agree(Func<Tensor, Tensor> value, double[] at, params long[] shape) => Agree(value, at, shape, Tolerance, Step);

    /// <inheritdoc cref="Agree(Func{Tensor, Tensor}, double[], long[])"/>
    public static void Agree(Func<Tensor, Tensor> value, double[] at, long[] shape, double tolerance, double step)
    {
        using var scope = NewDisposeScope();
        var place = tensor(at, shape).requires_grad_();
        value(place).backward();
        var slopes = Enumerable.Range(0, at.Length).Select(i => (Moved(value, at, shape, i, step) - Moved(value, at, shape, i, -step)) / (2 * step)).ToArray();
        Numbers.Close(Numbers.Of(place.grad!), slopes, tolerance);
    }

    private static double Moved(Func<Tensor, Tensor> value, double[] at, long[] shape, int element, double step)
    {
        using var scope = NewDisposeScope();
        var moved = at.ToArray();
        moved[element] += step;
        return value(tensor(moved, shape).requires_grad_()).item<double>();
    }
}
