using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Gradients of loss terms by parameters that they share.</summary>
internal static class TermGradients
{
    /// <summary>The term's gradient by all parameters, in one row. The term can still be differentiated afterwards, and no parameter's own gradient changes.</summary>
    /// <returns>Null where the term has none.</returns>
    public static Tensor? Of(Tensor term, IReadOnlyList<Tensor> parameters)
    {
        if (!term.requires_grad)
            return null;
        // A term need not depend on every parameter, and is refused unless it does.
        var whole = parameters.Aggregate(term, (sum, parameter) => sum + parameter.sum() * 0);
        return cat([.. autograd.grad([whole], [.. parameters], retain_graph: true).Select(gradient => gradient.flatten())], 0).to(ScalarType.Float64);
    }

    /// <summary>How long two gradients are and how far they agree.</summary>
    public static GradientPair Compare(Tensor task, Tensor method)
    {
        var numbers = MemoryMarshal.Cast<byte, double>(stack([task.norm(), method.norm(), task.dot(method)]).cpu().bytes);
        var (a, b, product) = (numbers[0], numbers[1], numbers[2]);
        return new GradientPair(a, b, a > 0 && b > 0 ? product / (a * b) : 0);
    }
}

/// <summary>The task's gradient and a method's.</summary>
/// <param name="Task">Euclidean norm of the task's.</param>
/// <param name="Method">Euclidean norm of the method's.</param>
/// <param name="Cosine">−1…1; 0 where one of them is 0.</param>
internal readonly record struct GradientPair(double Task, double Method, double Cosine);
