using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>Doubles a map's height and width by repeating each pixel.</summary>
internal static class Upsample
{
    public static Tensor Apply(Tensor map) =>
        nn.functional.interpolate(map, size: [2 * map.shape[2], 2 * map.shape[3]], mode: InterpolationMode.Nearest);
}
