using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Identity : nn.Module<Tensor, Tensor>
    {
        internal Identity()
            : base(nameof(Identity))
        {
        }

        public override Tensor forward(Tensor tensor) => tensor.alias();
    }

    public sealed class ReLU : nn.Module<Tensor, Tensor>
    {
        private readonly bool _inplace;

        internal ReLU(bool inplace)
            : base(nameof(ReLU)) => _inplace = inplace;

        // An alias, since whoever calls a chain of modules ends each one's input.
        public override Tensor forward(Tensor tensor) => _inplace ? tensor.relu_().alias() : tensor.relu();

        public override string GetName() => nameof(ReLU);
    }

    public sealed class Dropout : nn.Module<Tensor, Tensor>
    {
        private readonly double _p;
        private readonly bool _inplace;

        internal Dropout(double p, bool inplace)
            : base(nameof(Dropout))
        {
            _p = p;
            _inplace = inplace;
        }

        public override Tensor forward(Tensor tensor)
        {
            var result = nn.functional.dropout(tensor, _p, training, _inplace);
            return _inplace ? result.alias() : result;
        }
    }

    public sealed class Flatten : nn.Module<Tensor, Tensor>
    {
        private readonly long _start;
        private readonly long _end;

        internal Flatten(long start, long end)
            : base(nameof(Flatten))
        {
            _start = start;
            _end = end;
        }

        public override Tensor forward(Tensor tensor) => tensor.flatten(_start, _end);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Identity Identity() => new();

            public static Modules.ReLU ReLU(bool inplace = false) => new(inplace);

            public static Modules.Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static Modules.Flatten Flatten(long startDim = 1, long endDim = -1) => new(startDim, endDim);
        }
    }
}
