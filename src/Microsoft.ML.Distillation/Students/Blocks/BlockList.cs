using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>Blocks one after another, named 0, 1, 2 … as in PyTorch's <c>Sequential</c>.</summary>
internal sealed class BlockList : Block, INormalized
{
    private readonly Block[] _blocks;

    public BlockList(params Block[] blocks) : base(nameof(BlockList))
    {
        _blocks = blocks;
        for (var i = 0; i < blocks.Length; i++)
            register_module($"{i}", blocks[i]);
    }

    public IEnumerable<(Conv Convolution, BatchNorm Norm)> Normalized =>
        from pair in _blocks.Zip(_blocks.Skip(1))
        where pair is (Conv, BatchNorm)
        select ((Conv)pair.First, (BatchNorm)pair.Second);

    public override Activation Last => _blocks[^1].Last;

    public override Tensor forward(Tensor input) => _blocks.Aggregate(input, (x, block) => block.call(x));

    public override Tensor Before(Tensor input) => _blocks[^1].Before(_blocks.SkipLast(1).Aggregate(input, (x, block) => block.call(x)));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        for (var i = 0; i < _blocks.Length; i++)
            input = _blocks[i].WriteOnnx(graph, input, $"{path}.{i}");
        return input;
    }
}
