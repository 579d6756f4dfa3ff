using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>Makes a network of ours one that learns no more: a teacher.</summary>
internal static class Frozen
{
    /// <param name="precision">What it is to compute in. Its parameters stay what they are; what it computes with is derived from them, once.</param>
    public static void Freeze(nn.Module network, Precision precision)
    {
        network.eval();
        foreach (var parameter in network.parameters())
            parameter.requires_grad_(false);
        foreach (var (convolution, norm) in network.modules().Prepend(network).Distinct().OfType<INormalized>().SelectMany(part => part.Normalized))
            convolution.Absorb(norm);
        foreach (var layer in precision == Precision.BFloat16 ? network.modules().OfType<IWeightedLayer>() : [])
            layer.KeepBFloat16();
    }
}
