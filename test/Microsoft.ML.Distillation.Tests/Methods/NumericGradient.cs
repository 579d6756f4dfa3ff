using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>Gradients without differentiation, in double precision.</summary>
internal static class NumericGradient
{
    /// <summary>Central differences of a scalar by every element of a tensor.</summary>
    public static double[] Of(Func<Tensor, Tensor> value, Tensor at, double step)
    {
        var numbers = Numbers.Of(at);
        return [.. Enumerable.Range(0, numbers.Length).Select(i => (Moved(i, step) - Moved(i, -step)) / (2 * step))];

        double Moved(int element, double by)
        {
            using var scope = NewDisposeScope();
            var moved = numbers.ToArray();
            moved[element] += by;
            return value(tensor(moved, at.shape)).item<double>();
        }
    }

    /// <summary>What autograd gives for the same.</summary>
    public static double[] Automatic(Func<Tensor, Tensor> value, Tensor at)
    {
        using var scope = NewDisposeScope();
        var leaf = at.detach().clone().requires_grad_();
        value(leaf).backward();
        return Numbers.Of(leaf.grad!);
    }
}
