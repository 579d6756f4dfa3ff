using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>Checks that the tests of every method make.</summary>
internal static class MethodChecks
{
    /// <summary>A term's value, and the gradients of the leaves by it, are those of the file.</summary>
    public static void Matches(MethodGolden golden, string term, Tensor value, double tolerance, params (string Name, Tensor Leaf)[] leaves)
    {
        value.backward();
        Assert.NotEmpty(leaves);
        Numbers.Close([golden.Terms[term]], Numbers.Of(value), tolerance);
        foreach (var (name, leaf) in leaves)
            Numbers.Close(golden.Gradients[name], Numbers.Of(leaf.grad!), tolerance);
    }

    /// <summary>The gradient in float64 is the slope of the value, by central differences.</summary>
    /// <remarks>
    /// Such a difference of step h is off by about h²·f‴/6 and by the value's rounding (1e-16) over h: near 1e-9 for values and derivatives near 1.
    /// </remarks>
    public static void GradientIsTheSlope(Func<Tensor, Tensor> loss, GoldenTensor at, double tolerance = 1e-7, double step = 1e-5) =>
        Slopes.Agree(loss, at.Values, at.Shape, tolerance, step);

    /// <summary>The value and the gradient of a loss at a leaf.</summary>
    public static (double Value, double[] Gradient) Of(Func<Tensor, Tensor> loss, Tensor at)
    {
        var leaf = at.detach().clone().requires_grad_();
        var value = loss(leaf);
        value.backward();
        return (value.to(ScalarType.Float64).item<double>(), Numbers.Of(leaf.grad!));
    }

    public static void Finite((double Value, double[] Gradient) result) =>
        Assert.All(result.Gradient.Append(result.Value), number => Assert.True(double.IsFinite(number), $"{number} is not finite."));

    /// <summary>The first fault of a method's options; null for none.</summary>
    public static string? Fault(DistillationMethod method)
    {
        var faults = new Faults("x");
        method.Validate(faults);
        return Record.Exception(() => faults.ThrowIfAny("p"))?.Message;
    }

    /// <summary>Both train differently from the first steps on.</summary>
    public static void Differ(DistillationMethod one, DistillationMethod other, bool sameWidths = false) => Assert.NotEqual(
        Losses.Train(one, steps: 2, sameWidths: sameWidths).Values, Losses.Train(other, steps: 2, sameWidths: sameWidths).Values);
}
