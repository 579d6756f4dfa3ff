using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>The largest value under each window of stride 2, padded so that sizes are halved and rounded up, as by a convolution of that stride.</summary>
internal sealed class MaxPool : Block
{
    private readonly long[] _kernel;
    private readonly long[] _padding;

    /// <param name="kernel">2 or 3.</param>
    public MaxPool(int kernel) : base(nameof(MaxPool))
    {
        _kernel = [kernel, kernel];
        _padding = [(kernel - 1) / 2, (kernel - 1) / 2];
    }

    // A window of 2 leaves the last row of an odd height over: the ceiling lets it have a window of its own. With 3 and padding none is left.
    private bool Ceiling => _kernel[0] == 2;

    public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, _kernel, [2, 2], _padding, [1, 1], Ceiling);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) =>
        graph.MaxPool(input, _kernel, [2, 2], [.. _padding, .. _padding], Ceiling, path);
}
