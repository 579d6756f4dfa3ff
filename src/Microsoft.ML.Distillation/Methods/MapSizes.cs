using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Feature maps of unlike sizes brought to one.</summary>
internal static class MapSizes
{
    /// <summary>Both N×C×H×W, brought to the smaller height and the smaller width by adaptive average pooling.</summary>
    public static (Tensor First, Tensor Second) ToSmaller(Tensor first, Tensor second)
    {
        var (height, width) = (Math.Min(first.shape[2], second.shape[2]), Math.Min(first.shape[3], second.shape[3]));
        return (Pooled(first, height, width), Pooled(second, height, width));
    }

    private static Tensor Pooled(Tensor map, long height, long width) => map.shape[2] == height && map.shape[3] == width
        ? map
        : nn.functional.adaptive_avg_pool2d(map, new[] { height, width });
}
