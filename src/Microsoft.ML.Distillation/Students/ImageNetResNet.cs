using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// The ResNets for photographs (He et al., "Deep residual learning for image recognition", 2015, https://arxiv.org/abs/1512.03385): a 7×7 stem of stride 2, max
/// pooling, four groups of 64, 128, 256, 512 channels (four times that in bottlenecks), global average pooling and one linear layer.
/// </summary>
internal static class ImageNetResNet
{
    public static ClassifierModule ResNet18(int classCount) => Create([2, 2, 2, 2], 1, smallImages: false, classCount);

    public static ClassifierModule ResNet34(int classCount) => Create([3, 4, 6, 3], 1, smallImages: false, classCount);

    public static ClassifierModule ResNet50(int classCount) => Create([3, 4, 6, 3], Bottleneck.Expansion, smallImages: false, classCount);

    /// <summary>The same groups behind a 3×3 stem of stride 1 without pooling, as RepDistiller has it for 32×32 images.</summary>
    public static ClassifierModule ResNet50Cifar(int classCount) => Create([3, 4, 6, 3], Bottleneck.Expansion, smallImages: true, classCount);

    /// <summary>The networks without pooling and linear layer at their ends: the maps that detectors build on.</summary>
    /// <param name="depth">18, 34 or 50.</param>
    public static Stage[] Body(int depth) => depth switch
    {
        18 => Body([2, 2, 2, 2], 1, smallImages: false),
        34 => Body([3, 4, 6, 3], 1, smallImages: false),
        50 => Body([3, 4, 6, 3], Bottleneck.Expansion, smallImages: false),
        _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "There is no such ResNet here. Choose 18, 34 or 50."),
    };

    private static StagedClassifier Create(int[] blocks, int expansion, bool smallImages, int classCount)
    {
        var stages = Body(blocks, expansion, smallImages);
        return new StagedClassifier(nameof(ImageNetResNet), stages, new GlobalPool(), stages[^1].Info.Channels, classCount);
    }

    private static Stage[] Body(int[] blocks, int expansion, bool smallImages)
    {
        var channels = 64;
        var stem = smallImages ? new ConvNorm(3, channels, 3) : new ConvNorm(3, channels, 7, 2);
        var stages = new List<Stage> { new(new("stem", channels, smallImages ? 1 : 2), stem) };
        var scale = smallImages ? 1 : 4;
        for (var group = 0; group < blocks.Length; group++)
        {
            var outputs = (64 << group) * expansion;
            var entry = group == 0 && !smallImages ? new MaxPool(3) : null;
            stages.Add(new(new($"layer{group + 1}", outputs, scale << group), Group(channels, outputs, group == 0 ? 1 : 2, blocks[group], expansion), entry));
            channels = outputs;
        }
        return [.. stages];
    }

    private static BlockList Group(int inputs, int outputs, int stride, int count, int expansion) =>
        new([.. Enumerable.Range(0, count).Select(i => Unit(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1, expansion))]);

    private static Block Unit(int inputs, int outputs, int stride, int expansion) =>
        expansion == 1 ? new BasicBlock(inputs, outputs, stride) : new Bottleneck(inputs, outputs, stride);
}
