using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// Deals the channels of g groups out like cards: channel k of group i goes to place k·g + i, so that the next grouped convolution sees all groups
/// (Zhang et al., "ShuffleNet", 2017, figure 1).
/// </summary>
internal static class ChannelShuffle
{
    /// <remarks>Done with the channels last in memory, where it is one copy, and the result stays so: convolutions on a CPU are fastest then.</remarks>
    public static Tensor Apply(Tensor x, int groups)
    {
        if (groups == 1)
            return x;
        var (n, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var dealt = x.permute(0, 2, 3, 1).reshape(n, height, width, groups, channels / groups).transpose(3, 4);
        return dealt.reshape(n, height, width, channels).permute(0, 3, 1, 2);
    }

    /// <summary>One Gather: every value in the graph keeps the shape of a feature map, which whoever taps a graph for feature maps relies on.</summary>
    public static string WriteOnnx(OnnxGraphBuilder graph, string x, int channels, int groups, string name) =>
        groups == 1 ? x : graph.Gather(x, [.. Enumerable.Range(0, channels).Select(place => (long)(place % groups * (channels / groups) + place / groups))], axis: 1, name);
}
