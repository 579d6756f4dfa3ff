using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// ShuffleNet for 32×32 images (Zhang et al., "ShuffleNet: an extremely efficient convolutional neural network for mobile devices", 2017,
/// https://arxiv.org/abs/1707.01083) in RepDistiller's form, its <c>ShuffleV1</c>: 3 groups, 240, 480 and 960 channels (table 1, g = 3), behind a 1×1 stem of
/// stride 1 in place of the 3×3 one with max pooling: strides 1, 2, 4, 8.
/// </summary>
internal static class ShuffleNetV1
{
    private const int Stem = 24;
    private const int Groups = 3;

    public static ClassifierModule Cifar(int classCount)
    {
        var channels = Stem;
        var stages = new List<Stage> { new(new("stem", Stem, 1), new ConvNorm(3, Stem, 1)) };
        foreach (var (outputs, blocks) in new[] { (240, 4), (480, 8), (960, 4) })
        {
            var (layer, inputs) = (stages.Count, channels);
            // The stem's 24 channels are too few to be split: the convolution behind them has one group.
            var units = Enumerable.Range(0, blocks).Select(i => i > 0
                ? new ShuffleBlockV1(outputs, outputs, 1, Groups, Groups)
                : new ShuffleBlockV1(inputs, outputs, 2, inputs == Stem ? 1 : Groups, Groups));
            stages.Add(new(new($"layer{layer}", outputs, 1 << layer), new BlockList([.. units])));
            channels = outputs;
        }
        return new StagedClassifier(nameof(ShuffleNetV1), [.. stages], new GlobalPool(), channels, classCount);
    }
}
