namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>The convolution that YOLOv5 is made of: BatchNorm with ε 1e-3 and momentum .03, then SiLU.</summary>
internal static class YoloConv
{
    public static ConvNorm Create(int inputs, int outputs, int kernel, int stride = 1, int? padding = null) =>
        new(inputs, outputs, kernel, stride, Activation.Silu, epsilon: 1e-3, momentum: .03, padding: padding);
}
