using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor avg_pool2d(Tensor input, (long, long) kernelSize, (long, long)? stride = null,
                (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true) =>
                avg_pool2d(input, Pair(kernelSize), Pair(stride)!, Pair(padding)!, ceil_mode, count_include_pad);

            public static Tensor avg_pool2d(Tensor input, long kernelSize, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true) =>
                avg_pool2d(input, Pair(kernelSize), Pair(stride)!, Pair(padding), ceil_mode, count_include_pad);

            public static Tensor avg_pool2d(Tensor input, long[] kernelSizes, long[] strides = null!, long[] paddings = null!,
                bool ceil_mode = false, bool count_include_pad = true) =>
                Ops.avg_pool2d.Call(input, kernelSizes, strides ?? [], paddings ?? [0, 0], ceil_mode, count_include_pad, Argument.None);

            public static Tensor max_pool2d(Tensor input, (long, long) kernelSize, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernelSize), Pair(stride)!, Pair(padding)!, Pair(dilation)!, ceil_mode);

            public static Tensor max_pool2d(Tensor input, long kernelSize, long? stride = null, long? padding = null, long? dilation = null,
                bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernelSize), Pair(stride)!, Pair(padding)!, Pair(dilation)!, ceil_mode);

            public static Tensor max_pool2d(Tensor input, long[] kernelSize, long[] strides = null!, long[] padding = null!,
                long[] dilation = null!, bool ceil_mode = false) =>
                Ops.max_pool2d.Call(input, kernelSize, strides ?? [], padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

            public static (Tensor, Tensor) max_pool2d_with_indices(Tensor input, long[] kernelSize, long[] strides = null!,
                long[] padding = null!, long[] dilation = null!, bool ceil_mode = false) =>
                Ops.max_pool2d_with_indices.Call2(input, kernelSize, strides ?? [], padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, Pair(output_size));

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, Pair(output_size));

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Ops.adaptive_avg_pool2d.Call(input, output_size);

            public static Tensor adaptive_max_pool2d(Tensor x, long[] outputSize) => First(Ops.adaptive_max_pool2d.Call2(x, outputSize));

            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false) =>
                Resize(x, size, scale_factor, mode, align_corners ?? false, recompute_scale_factor);

            private static Tensor First((Tensor, Tensor) both)
            {
                both.Item2.Dispose();
                return both.Item1;
            }

            private static Tensor Resize(Tensor x, long[]? size, double[]? scales, InterpolationMode mode, bool alignCorners,
                bool recompute)
            {
                if (x.Dimensions != 4)
                    throw new NotSupportedException($"interpolate of {x.Dimensions} dimensions is not supported by this stand-in for TorchSharp, only of 4.");
                if ((size is null) == (scales is null))
                    throw new ArgumentException("interpolate wants either size or scale_factor, and not both.");
                if (scales is not null && (recompute || mode == InterpolationMode.Area))
                    (size, scales) = (Scaled(x, scales), null);
                return mode switch
                {
                    InterpolationMode.Nearest => Ops.upsample_nearest2d_vec.Call(x, size, Both(scales)),
                    InterpolationMode.Bilinear => Ops.upsample_bilinear2d_vec.Call(x, size, alignCorners, Both(scales)),
                    InterpolationMode.Bicubic => Ops.upsample_bicubic2d_vec.Call(x, size, alignCorners, Both(scales)),
                    InterpolationMode.Area => Ops.adaptive_avg_pool2d.Call(x, size),
                    _ => throw new NotSupportedException($"The interpolation mode {mode} is not supported for 4 dimensions."),
                };
            }

            private static double[]? Both(double[]? scales) => scales is [var one] ? [one, one] : scales;

            private static long[] Scaled(Tensor x, double[] scales)
            {
                var both = Both(scales)!;
                return [(long)(x.size(2) * both[0]), (long)(x.size(3) * both[1])];
            }

            internal static long[] Pair(long both) => [both, both];

            internal static long[]? Pair(long? both) => both is { } b ? [b, b] : null;

            internal static long[] Pair((long, long) both) => [both.Item1, both.Item2];

            internal static long[]? Pair((long, long)? both) => both is { } b ? Pair(b) : null;
        }
    }
}
