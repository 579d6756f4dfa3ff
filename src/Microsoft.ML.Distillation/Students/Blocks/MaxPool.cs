using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>The largest value under each window, padded so that sizes are divided by the stride and rounded up, as by a convolution of that stride.</summary>
internal sealed class MaxPool : Block
{
    private readonly long[] _kernel;
    private readonly long[] _padding;
    private readonly long[] _stride;

    /// <param name="kernel">2, or odd.</param>
    /// <param name="stride">Step of the window.</param>
    public MaxPool(int kernel, int stride = 2) : base(nameof(MaxPool))
    {
        (_kernel, _stride) = ([kernel, kernel], [stride, stride]);
        _padding = [(kernel - 1) / 2, (kernel - 1) / 2];
    }

    // A window of 2 leaves the last row of an odd height over: the ceiling lets it have a window of its own. With padding none is left.
    private bool Ceiling => _kernel[0] == 2;

    public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, _kernel, _stride, _padding, [1, 1], Ceiling);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) =>
        graph.MaxPool(input, _kernel, _stride, [.. _padding, .. _padding], Ceiling, path);
}
