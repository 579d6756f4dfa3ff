using TorchSharp.Modules;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales the gradients so that their common norm is at most the given one, and returns what it was.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var without = no_grad();
                var grads = Gradients(tensors);
                if (grads.Length == 0)
                    return 0;
                var norms = Array.ConvertAll(grads, grad => Ops.linalg_vector_norm.Call(grad, norm_type, Argument.None, false,
                    Argument.None).to(grads[0].device));
                double total = Ops.linalg_vector_norm.Call(stack(norms), norm_type, Argument.None, false, Argument.None).ToDouble();
                double factor = max_norm / (total + 1e-6);
                if (factor < 1)
                    Ops._foreach_mul__Scalar.Run(grads, factor);
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var without = no_grad();
                foreach (var grad in Gradients(tensors))
                    grad.clamp_(-clip_value, clip_value);
            }

            private static Tensor[] Gradients(IEnumerable<Parameter> tensors) =>
                [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
        }
    }
}
