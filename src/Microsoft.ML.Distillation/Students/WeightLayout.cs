using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>How a network's weights lie in memory while it is trained.</summary>
internal static class WeightLayout
{
    /// <summary>
    /// In bfloat16 all maps lie channels last (<see cref="Data.PixelTensor.ForNetwork"/>), and a convolution lays out its weights as the maps it meets, on the way forward and again on the way back:
    /// so they are put down that way once. To be called before an optimiser takes the weights.
    /// </summary>
    public static void Prepare(nn.Module network, Precision precision)
    {
        if (precision != Precision.BFloat16)
            return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var weight in network.parameters().Where(parameter => parameter.dim() == 4))
            weight.set_(weight.detach().ChannelsLast());
    }
}
