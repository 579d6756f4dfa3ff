using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class BatchNorm2d : nn.Module<Tensor, Tensor>
    {
        private readonly double _eps;
        private readonly double _momentum;

        internal BatchNorm2d(long features, double eps, double momentum, bool affine, bool tracks, Device? device, ScalarType? dtype)
            : base(nameof(BatchNorm2d))
        {
            _eps = eps;
            _momentum = momentum;
            if (affine)
            {
                register_parameter("weight", new Parameter(ones(features)));
                register_parameter("bias", new Parameter(zeros(features)));
            }
            if (tracks)
            {
                register_buffer("running_mean", zeros(features));
                register_buffer("running_var", ones(features));
                register_buffer("num_batches_tracked", zeros([], ScalarType.Int64));
            }
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

        public Tensor? running_mean
        {
            get => Read("running_mean");
            set => ConditionallyRegisterBuffer("running_mean", value ?? throw new ArgumentNullException(nameof(running_mean)));
        }

        public Tensor? running_var
        {
            get => Read("running_var");
            set => ConditionallyRegisterBuffer("running_var", value ?? throw new ArgumentNullException(nameof(running_var)));
        }

        public Tensor? num_batches_tracked => Read("num_batches_tracked");

        public override Tensor forward(Tensor tensor)
        {
            if (tensor.Dimensions != 4)
                throw new ArgumentException($"Invalid number of dimensions for BatchNorm argument: {tensor.Dimensions}");
            _internal_params.TryGetValue("weight", out var weight);
            _internal_params.TryGetValue("bias", out var bias);
            bool tracks = _internal_buffers.TryGetValue("running_mean", out var mean);
            _internal_buffers.TryGetValue("running_var", out var variance);
            if (training && tracks)
                _internal_buffers["num_batches_tracked"].Item1.add_(1);
            return nn.functional.batch_norm(tensor, mean.Item1, variance.Item1, weight!, bias!, training || !tracks, _momentum, _eps);
        }

        public void reset_running_stats()
        {
            if (!_internal_buffers.ContainsKey("running_mean"))
                return;
            _internal_buffers["running_mean"].Item1.zero_();
            _internal_buffers["running_var"].Item1.fill_(1);
            _internal_buffers["num_batches_tracked"].Item1.zero_();
        }

        private Tensor? Read(string name) =>
            _internal_buffers.TryGetValue(name, out var buffer) ? new Tensor(buffer.Item1.SharedHandle()) : null;
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.BatchNorm2d BatchNorm2d(long features, double eps = 1E-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}
