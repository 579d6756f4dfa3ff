using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Some times over: 3×3 convolution of every channel by itself, 1×1 convolution, BatchNorm, ReLU.</summary>
internal sealed class DepthwiseUnits : nn.Module<Tensor, Tensor>
{
    private readonly List<Block> _blocks = [];

    public DepthwiseUnits(int channels, int depth) : base(nameof(DepthwiseUnits))
    {
        for (var i = 0; i < depth; i++)
        {
            Add($"depthwise{i}", new Conv(channels, channels, 3, 1, groups: channels));
            Add($"pointwise{i}", new ConvNorm(channels, channels, 1));
        }

        void Add(string name, Block block)
        {
            _blocks.Add(block);
            register_module(name, block);
        }
    }

    public override Tensor forward(Tensor input) => _blocks.Aggregate(input, (map, block) => block.call(map));
}
