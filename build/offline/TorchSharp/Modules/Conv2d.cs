using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Conv2d : Convolution
    {
        private readonly Settings _settings;

        internal Conv2d(Settings settings, Device? device, ScalarType? dtype)
            : base(nameof(Conv2d), settings.In)
        {
            _settings = settings;
            var kernel = settings.Kernel;
            Learnable.Register(this, [settings.Out, settings.In / settings.Groups, kernel[0], kernel[1]], settings.Bias);
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

        public override Tensor forward(Tensor input)
        {
            if (!ValidateShape(input, 2))
                throw new ArgumentException($"Expected 3D (unbatched) or 4D (batched) input with {input_channels} channels to Conv2d, got {input}.");
            var s = _settings;
            var weight = _internal_params["weight"];
            _internal_params.TryGetValue("bias", out var bias);
            if (s.Padding is null)
                return Ops.conv2d_padding.Call(input, weight, bias, s.Stride, s.Named, s.Dilation, s.Groups);
            if (s.Mode is PaddingModes.Zeros or PaddingModes.Constant)
                return Ops.conv2d.Call(input, weight, bias, s.Stride, s.Padding, s.Dilation, s.Groups);
            using var padded = nn.functional.pad(input, (long[])[s.Padding[1], s.Padding[1], s.Padding[0], s.Padding[0]], s.Mode);
            return Ops.conv2d.Call(padded, weight, bias, s.Stride, (long[])[0, 0], s.Dilation, s.Groups);
        }

        /// <summary>Padding is either given by size, or null and then by name: "same" or "valid".</summary>
        internal sealed record Settings(long In, long Out, long[] Kernel, long[]? Stride, long[]? Padding, string Named, long[]? Dilation,
            PaddingModes Mode, long Groups, bool Bias)
        {
            internal long[] Stride { get; } = Stride ?? [1, 1];

            internal long[] Dilation { get; } = Dilation ?? [1, 1];
        }
    }
}

namespace TorchSharp
{
    using static TorchSharp.torch.nn.functional;

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, long kernelSize, long stride = 1, long padding = 0,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new(
                    new(in_channels, out_channels, Pair(kernelSize), Pair(stride), Pair(padding), "", Pair(dilation), padding_mode, groups,
                        bias),
                    device, dtype);

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernelSize,
                (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(
                    new(in_channels, out_channels, Pair(kernelSize), Pair(stride), Pair(padding) ?? [0, 0], "", Pair(dilation),
                        padding_mode, groups, bias),
                    device, dtype);

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, long kernelSize, Padding padding, long stride = 1,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                Conv2d(in_channels, out_channels, (kernelSize, kernelSize), padding, (stride, stride), (dilation, dilation), padding_mode,
                    groups, bias, device, dtype);

            public static Modules.Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernelSize, Padding padding,
                (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1,
                bool bias = true, Device? device = null, ScalarType? dtype = null)
            {
                if (padding_mode is not PaddingModes.Zeros)
                    throw new NotSupportedException("Padding by name goes with zeros only in this stand-in for TorchSharp.");
                var named = padding == Padding.Same ? "same" : "valid";
                return new(
                    new(in_channels, out_channels, Pair(kernelSize), Pair(stride), null, named, Pair(dilation), padding_mode, groups, bias),
                    device, dtype);
            }
        }
    }
}
