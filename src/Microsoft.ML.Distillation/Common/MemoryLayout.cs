using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Common;

/// <summary>How a tensor's numbers lie in memory; TorchSharp has no memory formats of its own.</summary>
internal static class MemoryLayout
{
    /// <returns>N×C×H×W with the channels of a pixel side by side in memory; others as they are.</returns>
    public static Tensor ChannelsLast(this Tensor tensor) => tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : tensor;

    /// <returns>All numbers as one vector, without a copy where they lie as <see cref="ChannelsLast"/> puts them or as their shape says; so in an order that is only good for sums.</returns>
    public static Tensor InMemoryOrder(this Tensor tensor) => (tensor.dim() == 4 && !tensor.is_contiguous() ? tensor.permute(0, 2, 3, 1) : tensor).flatten();
}
