using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(Linear))
        {
            Learnable.Register(this, [outputs, inputs], hasBias);
            Learnable.Place(this, device, dtype);
        }

        public Parameter? weight
        {
            get => Learnable.Read(_internal_params, "weight");
            set => ConditionallyRegisterParameter("weight", value ?? throw new ArgumentNullException(nameof(weight)));
        }

        public Parameter? bias
        {
            get => Learnable.Read(_internal_params, "bias");
            set => ConditionallyRegisterParameter("bias", value ?? throw new ArgumentNullException(nameof(bias)));
        }

        public override Tensor forward(Tensor tensor)
        {
            _internal_params.TryGetValue("bias", out var bias);
            return nn.functional.linear(tensor, _internal_params["weight"], bias);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);
        }
    }
}
