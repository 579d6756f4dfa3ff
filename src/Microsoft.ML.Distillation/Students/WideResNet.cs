using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// Wide ResNets for small images (Zagoruyko and Komodakis, "Wide residual networks", 2016, https://arxiv.org/abs/1605.07146): a 3×3 stem of 16 channels,
/// three groups of 16k, 32k and 64k channels at strides 1, 2, 4, BatchNorm and ReLU, global average pooling, one linear layer. Depth is 6n + 4.
/// </summary>
/// <remarks>Maps are the plain sums that the groups end in, as in RepDistiller; the paper's optional dropout is left out.</remarks>
internal static class WideResNet
{
    public static ClassifierModule Create(int depth, int widening, int classCount)
    {
        var blocks = (depth - 4) / 6;
        var channels = 16;
        var stages = new List<Stage> { new(new("conv1", channels, 1), new Conv(3, channels, 3, 1)) };
        for (var group = 0; group < 3; group++)
        {
            var outputs = (16 << group) * widening;
            stages.Add(new(new($"layer{group + 1}", outputs, 1 << group), Group(channels, outputs, group == 0 ? 1 : 2, blocks)));
            channels = outputs;
        }
        var head = new BlockList(new BatchNorm(channels), new Activate(Activation.Relu), new GlobalPool());
        return new StagedClassifier(nameof(WideResNet), [.. stages], head, channels, classCount);
    }

    private static BlockList Group(int inputs, int outputs, int stride, int count) =>
        new([.. Enumerable.Range(0, count).Select(i => new WideBlock(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1))]);
}
