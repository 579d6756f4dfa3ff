using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// ShuffleNetV2 for 32×32 images (Ma et al., "ShuffleNet V2: practical guidelines for efficient CNN architecture design", 2018,
/// https://arxiv.org/abs/1807.11164, table 5 at 1×) in RepDistiller's form, its <c>ShuffleV2</c>: a 1×1 stem of stride 1 in place of the 3×3 one with max pooling,
/// strides 1, 2, 4, 8. The embedding is the 1024 channels of the last 1×1 convolution, averaged over space.
/// </summary>
internal static class ShuffleNetV2
{
    private const int Stem = 24;
    private const int LastChannels = 1024;

    public static ClassifierModule Cifar(int classCount)
    {
        var channels = Stem;
        var stages = new List<Stage> { new(new("stem", Stem, 1), new ConvNorm(3, Stem, 1)) };
        foreach (var (outputs, blocks) in new[] { (116, 3), (232, 7), (464, 3) })
        {
            var layer = stages.Count;
            var units = Enumerable.Range(0, blocks).Select(_ => (Block)new ShuffleBlockV2(outputs)).Prepend(new ShuffleDownBlockV2(channels, outputs));
            stages.Add(new(new($"layer{layer}", outputs, 1 << layer), new BlockList([.. units])));
            channels = outputs;
        }
        var head = new BlockList(new ConvNorm(channels, LastChannels, 1), new GlobalPool());
        return new StagedClassifier(nameof(ShuffleNetV2), [.. stages], head, LastChannels, classCount);
    }
}
