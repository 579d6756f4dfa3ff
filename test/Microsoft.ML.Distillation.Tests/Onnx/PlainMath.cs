namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>Layers as plain loops in double precision, to hold ONNX Runtime's results against. Tensors are N×C×H×W, row by row.</summary>
internal static class PlainMath
{
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }

    /// <summary>Square stride and dilation; pads are top, left, bottom, right.</summary>
    public static double[] Conv(float[] x, int[] shape, float[] w, int[] kernel, float[]? bias, int stride, int[] pads, int groups, int dilation)
    {
        var (n, channels, height, width) = (shape[0], shape[1], shape[2], shape[3]);
        var (outputs, perGroup, kh, kw) = (kernel[0], kernel[1], kernel[2], kernel[3]);
        var oh = (height + pads[0] + pads[2] - dilation * (kh - 1) - 1) / stride + 1;
        var ow = (width + pads[1] + pads[3] - dilation * (kw - 1) - 1) / stride + 1;
        var y = new double[n * outputs * oh * ow];
        for (var i = 0; i < y.Length; i++)
        {
            var (column, row, output, image) = (i % ow, i / ow % oh, i / ow / oh % outputs, i / ow / oh / outputs);
            var first = output / (outputs / groups) * perGroup;
            var sum = (double)(bias?[output] ?? 0);
            for (var k = 0; k < perGroup * kh * kw; k++)
            {
                var (dx, dy, c) = (k % kw, k / kw % kh, k / kw / kh);
                var (yy, xx) = (row * stride - pads[0] + dy * dilation, column * stride - pads[1] + dx * dilation);
                if (yy >= 0 && yy < height && xx >= 0 && xx < width)
                    sum += (double)w[output * perGroup * kh * kw + k] * x[((image * channels + first + c) * height + yy) * width + xx];
            }
            y[i] = sum;
        }
        return y;
    }

    /// <summary>Applies <paramref name="reduce"/> to the values under each square window; those in the padding are NaN.</summary>
    public static double[] Pool(float[] x, int[] shape, int kernel, int stride, int pad, Func<double[], double> reduce)
    {
        var (planes, height, width) = (shape[0] * shape[1], shape[2], shape[3]);
        var (oh, ow) = ((height + 2 * pad - kernel) / stride + 1, (width + 2 * pad - kernel) / stride + 1);
        var y = new double[planes * oh * ow];
        for (var i = 0; i < y.Length; i++)
        {
            var (top, left, plane) = (i / ow % oh * stride - pad, i % ow * stride - pad, i / ow / oh);
            var window = new double[kernel * kernel];
            for (var k = 0; k < window.Length; k++)
            {
                var (yy, xx) = (top + k / kernel, left + k % kernel);
                window[k] = yy < 0 || yy >= height || xx < 0 || xx >= width ? double.NaN : x[(plane * height + yy) * width + xx];
            }
            y[i] = reduce(window);
        }
        return y;
    }

    public static double[] PerChannel(float[] x, int[] shape, Func<double, int, double> map)
    {
        var area = shape.Skip(2).Aggregate(1, (a, b) => a * b);
        return [.. x.Select((v, i) => map(v, i / area % shape[1]))];
    }

    /// <summary>Rows times the transpose of <paramref name="w"/> (as torch keeps a linear layer), plus the bias.</summary>
    public static double[] Linear(float[] x, int rows, float[] w, float[] bias)
    {
        var (inputs, outputs) = (x.Length / rows, bias.Length);
        var y = new double[rows * outputs];
        for (var i = 0; i < y.Length; i++)
            y[i] = bias[i % outputs] + Enumerable.Range(0, inputs).Sum(k => (double)x[i / outputs * inputs + k] * w[i % outputs * inputs + k]);
        return y;
    }

    public static double[] Softmax(float[] x, int rows) =>
        [.. x.Chunk(x.Length / rows).SelectMany(row => row.Select(v => Math.Exp(v) / row.Sum(u => Math.Exp(u))))];

    public static void Close(IEnumerable<double> expected, float[] actual, double tolerance = 1e-5)
    {
        var wanted = expected.ToArray();
        Assert.Equal(wanted.Length, actual.Length);
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(Math.Abs(wanted[i] - actual[i]) <= tolerance * (1 + Math.Abs(wanted[i])), $"Element {i}: expected {wanted[i]:R}, got {actual[i]:R}.");
    }
}
