using Microsoft.ML.Distillation.OnnxModules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>A BatchNorm that was folded into a convolution, by the names of its constants and the convolution's.</summary>
/// <param name="Weight">The convolution's.</param>
/// <param name="Bias">The convolution's; null where it has none.</param>
internal sealed record FoldedNorm(string Weight, string? Bias, string Gamma, string Beta, string Mean, string Variance, float Epsilon)
{
    /// <summary>What the convolution's weights are multiplied by, γ/√(σ² + ε), one a channel, in 64 bits as <see cref="BatchNormFolding"/> computes it.</summary>
    public Tensor Factor(OnnxModule network) => Wide(network, Gamma) / (Wide(network, Variance) + (double)Epsilon).sqrt();

    /// <summary>The convolution's weights after folding.</summary>
    public Tensor FoldedWeight(OnnxModule network, Tensor factor) => (Wide(network, Weight) * factor.reshape(-1, 1, 1, 1)).to(ScalarType.Float32);

    /// <summary>Its biases after folding.</summary>
    public Tensor FoldedBias(OnnxModule network, Tensor factor)
    {
        var mean = Wide(network, Mean);
        var before = Bias is null ? -mean : Wide(network, Bias) - mean;
        return (before * factor + Wide(network, Beta)).to(ScalarType.Float32);
    }

    private static Tensor Wide(OnnxModule network, string name) => network.Value(name).to(ScalarType.Float64);
}
