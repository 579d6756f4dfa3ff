using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// YOLOv5 in the form of its releases 6.x (Jocher et al., 2020–2022, https://doi.org/10.5281/zenodo.3908559): a 6×6 stem of stride 2, four stages of a strided
/// convolution and a CSP block, pooled neighbourhoods behind the last of them, a path aggregation neck, and a 1×1 convolution at each of strides 8, 16 and 32.
/// </summary>
/// <remarks>
/// Written from the published table of layers. Biases of the heads start at their priors without the small random part, and all convolutions but the heads' as
/// everywhere here (He), where the original draws uniformly by fan-in; a BatchNorm follows each of those.
/// </remarks>
internal static class YoloV5
{
    /// <param name="depth">Share of the units in each CSP block of size L: .33, .67, 1, 1.33.</param>
    /// <param name="width">Share of size L's channels: .25, .5, .75, 1, 1.25.</param>
    public static DetectorModule Create(double depth, double width, int classCount, AnchorSet anchors)
    {
        int[] channels = [.. new[] { 64, 128, 256, 512, 1024 }.Select(c => (int)Math.Ceiling(c * width / 8) * 8)];
        int Units(int count) => Math.Max(1, (int)Math.Round(count * depth));

        var stages = new Stage[]
        {
            new(new("stem", channels[0], 2), YoloConv.Create(3, channels[0], 6, 2, padding: 2)),
            new(new("stage1", channels[1], 4), Down(channels[0], channels[1], Units(3))),
            new(new("stage2", channels[2], 8), Down(channels[1], channels[2], Units(6))),
            new(new("stage3", channels[3], 16), Down(channels[2], channels[3], Units(9))),
            new(new("stage4", channels[4], 32), Down(channels[3], channels[4], Units(3), new PoolPyramid(channels[4], channels[4]))),
        };
        var neck = new PathAggregation(channels[2], channels[3], channels[4], Units(3));
        return new DetectorModule(nameof(YoloV5), stages, neck, new YoloHead([.. neck.Levels.Select(l => l.Channels)], classCount, anchors));
    }

    private static BlockList Down(int inputs, int outputs, int units, params Block[] more) =>
        new([YoloConv.Create(inputs, outputs, 3, 2), new CspBlock(outputs, outputs, units, adds: true), .. more]);
}
