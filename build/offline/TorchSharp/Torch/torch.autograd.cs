using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static class autograd
    {
        /// <summary>Gradients of the outputs with respect to the inputs; where allow_unused lets an input be unused, its place holds null.</summary>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null!,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var of = Handles(outputs);
            var by = Handles(inputs);
            var weights = Handles(grad_outputs);
            NativeValue result;
            fixed (IntPtr* o = of, i = by, w = weights)
            {
                NativeMethods.Check(NativeMethods.ts_autograd_grad(o, of.Length, i, by.Length, w, weights.Length, retain_graph ? 1 : 0,
                    create_graph ? 1 : 0, allow_unused ? 1 : 0, &result));
            }
            return Operator.Adopt(result);
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null!, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor> inputs = null!) =>
            Backward(tensors, grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, IList<Tensor> grad_tensors = null!, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor> inputs = null!) =>
            Backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor> inputs = null!) =>
            Backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        internal static unsafe void Backward(IList<Tensor> tensors, IList<Tensor>? gradients, bool? retain, bool create,
            IList<Tensor>? inputs)
        {
            var roots = Handles(tensors);
            var grads = Handles(gradients);
            var to = Handles(inputs);
            fixed (IntPtr* r = roots, g = grads, i = to)
            {
                NativeMethods.Check(NativeMethods.ts_backward(r, roots.Length, g, grads.Length, i, to.Length,
                    retain is { } keep ? (keep ? 1 : 0) : -1, create ? 1 : 0));
            }
            GC.KeepAlive(tensors);
            GC.KeepAlive(gradients);
            GC.KeepAlive(inputs);
        }

        private static IntPtr[] Handles(IList<Tensor>? tensors) =>
            tensors is null ? [] : [.. tensors.Select(t => t is null ? IntPtr.Zero : t.Handle)];
    }
}
