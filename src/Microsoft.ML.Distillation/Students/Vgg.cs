using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// VGG for small images (Simonyan and Zisserman, "Very deep convolutional networks", 2014, https://arxiv.org/abs/1409.1556) in RepDistiller's form: BatchNorm
/// after every convolution (which has a bias none the less), five groups of 64, 128, 256, 512, 512 channels, global average pooling and one linear layer in place
/// of three.
/// </summary>
/// <remarks>
/// Max pooling is between the first four groups only, so that strides are 1, 2, 4, 8, 8 at every size; RepDistiller pools once more at 64×64.
/// Odd sizes are rounded up rather than down.
/// </remarks>
internal static class Vgg
{
    /// <param name="convolutions">3×3 convolutions in each group: 1 makes VGG 8, 2 makes VGG 13 (counted without and with BatchNorm, as the names do).</param>
    /// <param name="classCount">Length of the logits.</param>
    public static ClassifierModule Create(int[] convolutions, int classCount)
    {
        int[] widths = [64, 128, 256, 512, 512];
        var (inputs, stride) = (3, 1);
        var stages = new List<Stage>();
        for (var group = 0; group < widths.Length; group++)
        {
            var pools = group is > 0 and < 4;
            stride = pools ? stride * 2 : stride;
            stages.Add(new(new($"block{group}", widths[group], stride), Group(inputs, widths[group], convolutions[group]), pools ? new MaxPool(2) : null));
            inputs = widths[group];
        }
        return new StagedClassifier(nameof(Vgg), [.. stages], new GlobalPool(), inputs, classCount);
    }

    private static BlockList Group(int inputs, int outputs, int count) =>
        new([.. Enumerable.Range(0, count).Select(i => new ConvNorm(i == 0 ? inputs : outputs, outputs, 3, bias: true))]);
}
