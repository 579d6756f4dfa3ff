using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _shape;
        private readonly double _eps;

        internal LayerNorm(long[] shape, double eps, bool affine, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(LayerNorm))
        {
            _shape = shape;
            _eps = eps;
            if (affine)
                register_parameter("weight", new Parameter(ones(shape)));
            if (affine && hasBias)
                register_parameter("bias", new Parameter(zeros(shape)));
            Learnable.Place(this, device, dtype);
        }

        public Parameter weight
        {
            get => get_parameter("weight");
            set => ConditionallyRegisterParameter("weight", value ?? throw new ArgumentNullException(nameof(weight)));
        }

        public Parameter? bias
        {
            get => get_parameter("bias");
            set => ConditionallyRegisterParameter("bias", value ?? throw new ArgumentNullException(nameof(bias)));
        }

        public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, _shape, weight, bias!, _eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.LayerNorm LayerNorm(long[] normalized_shape, double eps = 1E-05, bool elementwise_affine = true,
                bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static Modules.LayerNorm LayerNorm(long normalized_shape, double eps = 1E-05, bool elementwise_affine = true,
                bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device, dtype);
        }
    }
}
