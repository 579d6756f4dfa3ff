using Microsoft.ML.Distillation.Students.Blocks;
using static Microsoft.ML.Distillation.Students.Blocks.Activation;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// Howard et al., "Searching for MobileNetV3", 2019, https://arxiv.org/abs/1905.02244, tables 1 and 2, at width 1.0 and with torchvision's sizes of the
/// squeeze-and-excitations (a quarter of the hidden channels, to a multiple of 8). The embedding is what the classifier's hidden layer gives.
/// </summary>
/// <remarks>
/// BatchNorm has the published ε of 1e-3, but momentum .1 like all students here, not .01: its running statistics would lag behind in a short training. The
/// dropout before the classifier is left out.
/// </remarks>
internal static class MobileNetV3
{
    private const int Stem = 16;
    private const double Epsilon = 1e-3;

    public static ClassifierModule Large(int classCount) => Create(
        [
            Row(16, 3, 16, 16, 1, Relu), Row(16, 3, 64, 24, 2, Relu), Row(24, 3, 72, 24, 1, Relu),
            Row(24, 5, 72, 40, 2, Relu, true), Row(40, 5, 120, 40, 1, Relu, true), Row(40, 5, 120, 40, 1, Relu, true),
            Row(40, 3, 240, 80, 2, HardSwish), Row(80, 3, 200, 80, 1, HardSwish), Row(80, 3, 184, 80, 1, HardSwish), Row(80, 3, 184, 80, 1, HardSwish),
            Row(80, 3, 480, 112, 1, HardSwish, true), Row(112, 3, 672, 112, 1, HardSwish, true),
            Row(112, 5, 672, 160, 2, HardSwish, true), Row(160, 5, 960, 160, 1, HardSwish, true), Row(160, 5, 960, 160, 1, HardSwish, true),
        ],
        960, 1280, classCount);

    public static ClassifierModule Small(int classCount) => Create(
        [
            Row(16, 3, 16, 16, 2, Relu, true), Row(16, 3, 72, 24, 2, Relu), Row(24, 3, 88, 24, 1, Relu),
            Row(24, 5, 96, 40, 2, HardSwish, true), Row(40, 5, 240, 40, 1, HardSwish, true), Row(40, 5, 240, 40, 1, HardSwish, true),
            Row(40, 5, 120, 48, 1, HardSwish, true), Row(48, 5, 144, 48, 1, HardSwish, true),
            Row(48, 5, 288, 96, 2, HardSwish, true), Row(96, 5, 576, 96, 1, HardSwish, true), Row(96, 5, 576, 96, 1, HardSwish, true),
        ],
        576, 1024, classCount);

    private static MobileRow Row(int inputs, int kernel, int hidden, int outputs, int stride, Activation activation, bool squeezes = false) =>
        new(kernel, hidden, outputs, stride, activation, hidden != inputs, squeezes ? MultipleOf8(hidden / 4.0) : 0);

    private static StagedClassifier Create(MobileRow[] rows, int last, int hidden, int classCount)
    {
        var stages = MobileBody.Build(Stem, HardSwish, rows, epsilon: Epsilon);
        var head = new BlockList(
            new ConvNorm(rows[^1].Outputs, last, 1, activation: HardSwish, epsilon: Epsilon), new GlobalPool(), new Dense(last, hidden), new Activate(HardSwish));
        return new StagedClassifier(nameof(MobileNetV3), stages, head, hidden, classCount);
    }

    /// <summary>The nearest multiple of 8, one more where that would be below nine tenths.</summary>
    private static int MultipleOf8(double channels)
    {
        var nearest = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return nearest < .9 * channels ? nearest + 8 : nearest;
    }
}
