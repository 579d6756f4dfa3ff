using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>How a node takes numbers of an axis at places between them.</summary>
/// <param name="Coordinates">Where a number of the result lies among those it is taken from.</param>
/// <param name="Rounding">To the nearest: which one where it lies between two.</param>
/// <param name="Sharpness">Of the cubic weights, a of Keys, "Cubic convolution interpolation for digital image processing", 1981.</param>
internal sealed record OnnxInterpolation(string Mode, string Coordinates, string Rounding, float Sharpness)
{
    // PyTorch's, and what ONNX takes where nothing is said.
    private const float UsualSharpness = -.75f;

    public static OnnxInterpolation Of(OnnxNode node)
    {
        var old = node.Opset < 11;
        var (mode, coordinates) = (node.Text("mode", "nearest"), old ? "asymmetric" : node.Text("coordinate_transformation_mode", "half_pixel"));
        var rounding = old ? "floor" : node.Text("nearest_mode", "round_prefer_floor");
        if (mode is not ("nearest" or "linear" or "cubic"))
            throw node.Unsupported($"mode {mode}");
        if (coordinates is not ("half_pixel" or "pytorch_half_pixel" or "align_corners" or "asymmetric"))
            throw node.Unsupported($"coordinates {coordinates}");
        if (node.Int("antialias") != 0)
            throw node.Unsupported("antialias");
        if (mode == "cubic" && node.Int("exclude_outside") != 0)
            throw node.Unsupported("exclude_outside");
        if (node.Text("keep_aspect_ratio_policy", "stretch") is not "stretch" and var policy)
            throw node.Unsupported($"keep_aspect_ratio_policy {policy}");
        return new(mode, coordinates, rounding, node.Float("cubic_coeff_a", UsualSharpness));
    }

    /// <param name="length">Of the axis afterwards.</param>
    /// <param name="factor">What it is longer by, as far as coordinates go.</param>
    public Tensor Resize(Tensor x, long axis, long length, float factor)
    {
        if (factor == 1 && length == x.shape[axis])
            return x;
        if (Mode == "nearest" && length == x.shape[axis] * factor && RepeatsBy(factor))
            return Repeat(x, (int)axis, (long)factor);
        var places = Places(x, x.shape[axis], length, factor);
        return Mode switch
        {
            "nearest" => Pick(x, axis, Rounded(places)),
            "linear" => Linear(x, axis, places.clamp((Scalar)0, (Scalar)(x.shape[axis] - 1))),
            _ => Cubic(x, axis, places),
        };
    }

    /// <summary>Whether each number is simply repeated: where places are taken from their middles and rounded, or from their beginnings and rounded down.</summary>
    private bool RepeatsBy(float factor) => factor >= 1 && factor % 1 == 0 && Coordinates switch
    {
        "half_pixel" or "pytorch_half_pixel" => Rounding is "round_prefer_floor" or "round_prefer_ceil",
        "asymmetric" => Rounding == "floor" || (factor == 2 && Rounding == "round_prefer_floor"),
        _ => false,
    };

    /// <summary>Not by repeat_interleave, which asks a GPU how long its result is.</summary>
    private static Tensor Repeat(Tensor x, int axis, long times)
    {
        var (ahead, rest) = (x.shape[..(axis + 1)], x.shape[(axis + 1)..]);
        return x.unsqueeze(axis + 1).broadcast_to([.. ahead, times, .. rest]).flatten(axis, axis + 1);
    }

    private Tensor Places(Tensor x, long from, long to, float factor)
    {
        var numbers = arange((Scalar)to, ScalarType.Float32, x.device);
        return Coordinates switch
        {
            "asymmetric" => numbers / factor,
            "align_corners" => to == 1 ? zeros_like(numbers) : numbers * (float)(from - 1) / (float)(to - 1),
            "pytorch_half_pixel" when to == 1 => zeros_like(numbers),
            _ => (numbers + .5f) / factor - .5f,
        };
    }

    private Tensor Rounded(Tensor places) => Rounding switch
    {
        "floor" => places.floor(),
        "ceil" => places.ceil(),
        "round_prefer_ceil" => (places + .5f).floor(),
        _ => (places - .5f).ceil(),
    };

    /// <summary>Beyond the edges, the number at the edge.</summary>
    private static Tensor Pick(Tensor x, long axis, Tensor places) => x.index_select(axis, places.clamp((Scalar)0, (Scalar)(x.shape[axis] - 1)).to(ScalarType.Int64));

    private static Tensor Linear(Tensor x, long axis, Tensor places)
    {
        var first = places.floor();
        var (a, b) = (Pick(x, axis, first), Pick(x, axis, first + 1));
        return a + (b - a) * Along(places - first, x, axis);
    }

    private Tensor Cubic(Tensor x, long axis, Tensor places)
    {
        var first = places.floor();
        var t = places - first;
        var (inner, outer) = ((Func<Tensor, Tensor>)(d => ((Sharpness + 2) * d - (Sharpness + 3)) * d * d + 1), (Func<Tensor, Tensor>)(d => ((Sharpness * d - 5 * Sharpness) * d + 8 * Sharpness) * d - 4 * Sharpness));
        return Pick(x, axis, first - 1) * Along(outer(t + 1), x, axis) + Pick(x, axis, first) * Along(inner(t), x, axis)
            + Pick(x, axis, first + 1) * Along(inner(1 - t), x, axis) + Pick(x, axis, first + 2) * Along(outer(2 - t), x, axis);
    }

    /// <summary>Weights of places along an axis, in a shape and type that spread over a map.</summary>
    private static Tensor Along(Tensor weights, Tensor x, long axis)
    {
        var shape = Enumerable.Repeat(1L, (int)x.dim()).ToArray();
        shape[axis] = -1;
        return weights.reshape(shape).to(x.dtype);
    }
}
