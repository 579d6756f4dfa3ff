using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class MaxPool2d : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _kernel;
        private readonly long[] _strides;
        private readonly long[] _padding;
        private readonly long[] _dilation;
        private readonly bool _ceil;

        internal MaxPool2d(long[] kernel, long[]? strides, long[]? padding, long[]? dilation, bool ceil)
            : base(nameof(MaxPool2d))
        {
            _kernel = kernel;
            _strides = strides ?? kernel;
            _padding = padding ?? [0, 0];
            _dilation = dilation ?? [1, 1];
            _ceil = ceil;
        }

        public override Tensor forward(Tensor tensor) => nn.functional.max_pool2d(tensor, _kernel, _strides, _padding, _dilation, _ceil);

        public (Tensor, Tensor) forward_with_indices(Tensor tensor) =>
            nn.functional.max_pool2d_with_indices(tensor, _kernel, _strides, _padding, _dilation, _ceil);
    }

    public sealed class AvgPool2d : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _kernel;
        private readonly long[] _strides;
        private readonly long[] _padding;
        private readonly bool _ceil;
        private readonly bool _countPadding;
        private readonly long? _divisor;

        internal AvgPool2d(long[] kernel, long[]? strides, long[]? padding, bool ceil, bool countPadding, long? divisor)
            : base(nameof(AvgPool2d))
        {
            _kernel = kernel;
            _strides = strides ?? kernel;
            _padding = padding ?? [0, 0];
            _ceil = ceil;
            _countPadding = countPadding;
            _divisor = divisor;
        }

        public override Tensor forward(Tensor tensor) =>
            Ops.avg_pool2d.Call(tensor, _kernel, _strides, _padding, _ceil, _countPadding, _divisor);
    }

    public sealed class AdaptiveAvgPool2d : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _size;

        internal AdaptiveAvgPool2d(long[] size)
            : base(nameof(AdaptiveAvgPool2d)) => _size = size;

        public override Tensor forward(Tensor tensor) => nn.functional.adaptive_avg_pool2d(tensor, _size);
    }
}

namespace TorchSharp
{
    using static TorchSharp.torch.nn.functional;

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MaxPool2d MaxPool2d(long kernelSize, long? stride = null, long? padding = null, long? dilation = null,
                bool ceilMode = false) =>
                new(Pair(kernelSize), Pair(stride), Pair(padding), Pair(dilation), ceilMode);

            public static Modules.MaxPool2d MaxPool2d((long, long) kernelSize, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceilMode = false) =>
                new(Pair(kernelSize), Pair(stride), Pair(padding), Pair(dilation), ceilMode);

            public static Modules.MaxPool2d MaxPool2d(long[] kernelSize, long[] strides = null!, long[] padding = null!,
                long[] dilation = null!, bool ceilMode = false) =>
                new(kernelSize, strides, padding, dilation, ceilMode);

            public static Modules.AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                new(Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d(long[] kernel_size, long[] strides = null!, long[] padding = null!,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, strides, padding, ceil_mode, count_include_pad, divisor_override);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long outputSize) => new(Pair(outputSize));

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) outputSize) => new(Pair(outputSize));

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] outputSize) => new(outputSize);
        }
    }
}
