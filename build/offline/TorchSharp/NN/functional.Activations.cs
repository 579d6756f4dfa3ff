using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? Ops.relu_.InPlace(x) : Ops.relu.Call(x);

            public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? Ops.relu6_.InPlace(x) : Ops.relu6.Call(x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                inplace ? Ops.leaky_relu_.InPlace(input, negative_slope) : Ops.leaky_relu.Call(input, negative_slope);

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? Ops.silu_.InPlace(x) : Ops.silu.Call(x);

            public static Tensor hardswish(Tensor input, bool inplace = false) =>
                inplace ? Ops.hardswish_.InPlace(input) : Ops.hardswish.Call(input);

            public static Tensor hardsigmoid(Tensor input, bool inplace = false) =>
                inplace ? Ops.hardsigmoid_.InPlace(input) : Ops.hardsigmoid.Call(input);

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? Ops.tanh_.InPlace(x) : Ops.tanh.Call(x);

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Ops.softplus.Call(x, beta, threshold);
        }
    }
}
