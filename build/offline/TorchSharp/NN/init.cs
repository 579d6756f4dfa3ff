using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class init
        {
            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                _ => 1,
            };

            public static (long, long) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                long field = shape[2..].TotalSize();
                return (shape[1] * field, shape[0] * field);
            }

            public static Tensor constant_(Tensor tensor, Scalar val) => Changed(tensor, t => t.fill_(val));

            public static Tensor ones_(Tensor tensor) => Changed(tensor, t => t.fill_(1));

            public static Tensor zeros_(Tensor tensor) => Changed(tensor, t => t.zero_());

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null!) =>
                Changed(tensor, t => t.uniform_(low, high, generator));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null!) =>
                Changed(tensor, t => t.normal_(mean, std, generator));

            /// <summary>By the inverse of the normal distribution's integral: uniform between its values at the two ends.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2,
                Generator generator = null!)
            {
                double low = Integral((a - mean) / std), high = Integral((b - mean) / std);
                return Changed(tensor, t =>
                {
                    t.uniform_(2 * low - 1, 2 * high - 1, generator);
                    Ops.erfinv_.InPlace(t).mul_(std * Math.Sqrt(2)).add_(mean).clamp_(a, b);
                });
            }

            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                double bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                double bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Uniform all the same: TorchSharp 0.102.7 calls the wrong function, and this one must behave alike.</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => xavier_uniform_(tensor, gain);

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static Tensor Changed(Tensor tensor, Action<Tensor> change)
            {
                using (no_grad())
                    change(tensor);
                return tensor;
            }

            // Half the complementary error function; libtorch has it, .NET has not.
            private static double Integral(double x)
            {
                using var at = torch.tensor(x / Math.Sqrt(2));
                using var value = at.erf();
                return (1 + value.ToDouble()) / 2;
            }
        }
    }
}
