using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// One pass of a bidirectional feature pyramid over maps F_1…F_L, shallowest first (Tan, Pang, Le: "EfficientDet", CVPR 2020, https://arxiv.org/abs/1911.09070, as changed by
/// FRSKD). With 1×1 convolutions P_i = lateral(F_i), in the first layer alone, and S_i = skip(F_i): from the top down U_L = P_L,
/// <c>U_i = join(a·P_i + b·enlarged(U_{i+1}))</c>; from the bottom up T_1 = U_1, <c>T_i = join(a·S_i + b·U_i + c·pooled(T_{i−1}))</c>, without the middle part for T_L.
/// The factors are trained: w ← relu(w) / (Σ relu(w) + 10⁻⁶).
/// </summary>
internal sealed class PyramidLayer : nn.Module<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>
{
    private const double Epsilon = 1e-6;
    private readonly int _count;
    private readonly int[] _halvings;
    private readonly Dictionary<string, nn.Module<Tensor, Tensor>> _blocks = [];

    /// <param name="maps">Shapes of the student's maps.</param>
    /// <param name="first">Whether it is given the student's maps, and not another layer's.</param>
    /// <param name="width">Channels of its maps, in multiples of the student's.</param>
    /// <param name="depth">Depthwise convolutions in a join.</param>
    public PyramidLayer(IReadOnlyList<MapShape> maps, bool first, int width, int depth) : base(nameof(PyramidLayer))
    {
        _count = maps.Count;
        _halvings = [.. Enumerable.Range(0, _count - 1).Select(i => maps[i].HalvingsTo(maps[i + 1])!.Value)];
        // The factors come first: a vector right after a linear layer's weight would be given a bias's random start.
        for (var i = 0; i < _count - 1; i++)
        {
            register_parameter($"down_factors{i}", new Parameter(ones(2)));
            register_parameter($"up_factors{i + 1}", new Parameter(ones(i + 1 < _count - 1 ? 3 : 2)));
        }
        for (var i = 0; i < _count; i++)
        {
            var channels = width * maps[i].Channels;
            var given = first ? maps[i].Channels : channels;
            if (first)
                Add($"lateral{i}", new ConvNorm(given, channels, 1));
            if (i + 1 < _count)
            {
                Add($"down{i}", new ConvNorm(width * maps[i + 1].Channels, channels, 1));
                Add($"down_join{i}", new DepthwiseUnits(channels, depth));
            }
            if (i == 0)
                continue;
            Add($"skip{i}", new ConvNorm(given, channels, 1));
            Add($"up{i}", new ConvNorm(width * maps[i - 1].Channels, channels, 1));
            Add($"up_join{i}", new DepthwiseUnits(channels, depth));
        }
    }

    public override IReadOnlyList<Tensor> forward(IReadOnlyList<Tensor> maps)
    {
        var down = new Tensor[_count];
        down[^1] = Lateral(maps, _count - 1);
        for (var i = _count - 2; i >= 0; i--)
        {
            var factors = Factors($"down_factors{i}");
            var above = Enlarged(Call($"down{i}", down[i + 1]), maps[i]);
            down[i] = Call($"down_join{i}", factors[0] * Lateral(maps, i) + factors[1] * above);
        }
        var up = new Tensor[_count];
        up[0] = down[0];
        for (var i = 1; i < _count; i++)
        {
            var (factors, last) = (Factors($"up_factors{i}"), i == _count - 1);
            var sum = factors[0] * Call($"skip{i}", maps[i]) + factors[last ? 1 : 2] * Call($"up{i}", Pooled(up[i - 1], _halvings[i - 1]));
            up[i] = Call($"up_join{i}", last ? sum : sum + factors[1] * down[i]);
        }
        return up;
    }

    private void Add(string name, nn.Module<Tensor, Tensor> block)
    {
        _blocks.Add(name, block);
        register_module(name, block);
    }

    private Tensor Call(string name, Tensor input) => _blocks[name].call(input);

    private Tensor Lateral(IReadOnlyList<Tensor> maps, int place) => _blocks.ContainsKey($"lateral{place}") ? Call($"lateral{place}", maps[place]) : maps[place];

    private Tensor Factors(string name)
    {
        var positive = get_parameter(name).relu();
        return positive / (positive.sum() + Epsilon);
    }

    private static Tensor Enlarged(Tensor map, Tensor to) => map.shape[2] == to.shape[2] && map.shape[3] == to.shape[3]
        ? map
        : nn.functional.interpolate(map, size: [to.shape[2], to.shape[3]], mode: InterpolationMode.Nearest);

    /// <summary>3×3 maximum pooling with stride 2, padded so that n becomes ⌈n/2⌉; no value is below 0, so that what pads can't win.</summary>
    internal static Tensor Pooled(Tensor map, int times)
    {
        for (var i = 0; i < times; i++)
            map = nn.functional.max_pool2d(map, (3, 3), (2, 2), (map.shape[2] % 2, map.shape[3] % 2), ceil_mode: true);
        return map;
    }
}
