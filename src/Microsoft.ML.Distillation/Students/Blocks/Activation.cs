using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>An element-wise function that a block may end in.</summary>
internal enum Activation
{
    /// <summary>x.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x · min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3", 2019, https://arxiv.org/abs/1905.02244).</summary>
    HardSwish,

    /// <summary>x · σ(x) (Elfwing et al., "Sigmoid-weighted linear units", 2017, https://arxiv.org/abs/1702.03118).</summary>
    Silu,
}

/// <summary>Activations in TorchSharp and in ONNX.</summary>
internal static class Activations
{
    public static Tensor Apply(this Activation activation, Tensor x) => activation switch
    {
        Activation.None => x,
        Activation.Relu => x.relu(),
        Activation.Relu6 => Relu6(x, inplace: false),
        Activation.HardSwish => x.hardswish(),
        Activation.Silu => x.silu(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation."),
    };

    /// <summary>The same, in the memory of <paramref name="x"/> where the gradient can do without what was there.</summary>
    public static Tensor Overwrite(this Activation activation, Tensor x) => activation switch
    {
        Activation.Relu => x.relu_(),
        Activation.Relu6 => Relu6(x, inplace: true),
        _ => activation.Apply(x),
    };

    public static string WriteOnnx(this Activation activation, OnnxGraphBuilder graph, string x, string name) => activation switch
    {
        Activation.None => x,
        Activation.Relu => graph.Relu(x, name),
        Activation.Relu6 => graph.Clip(x, 0, 6, name),
        Activation.HardSwish => graph.HardSwish(x, name),
        Activation.Silu => graph.Mul(x, graph.Sigmoid(x, $"{name}.sigmoid"), name),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation."),
    };

    // On a CPU older libtorch has no gradient of relu6 in bfloat16.
    private static Tensor Relu6(Tensor x, bool inplace) => x.dtype == ScalarType.BFloat16 ? x.clamp((Scalar)0, (Scalar)6) : nn.functional.relu6(x, inplace);
}
