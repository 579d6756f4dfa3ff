using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Blocks;

/// <summary>Layers with float32 weights on bfloat16 values, held against float64's of the same rounded numbers.</summary>
public class LayerWeightsTests
{
    // Half of a place of 8 bits, and a little for sums.
    private const double Place = 1 / 256.0 * 1.1;

    public static TheoryData<string> Layers => ["3×3", "1×1 stride 2", "depthwise", "biased", "dense", "one pixel"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void ALayerComputesInTheTypeOfItsInput(string which)
    {
        using var scope = NewDisposeScope();
        using var layer = Create(which);
        var input = Input(which);

        var output = layer.call(input.bfloat16());

        Assert.Equal(ScalarType.BFloat16, output.dtype);
        Close(Exact(layer, input), output);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void GradientsReachTheFloat32Weights(string which)
    {
        using var scope = NewDisposeScope();
        using var layer = Create(which);
        var input = Input(which);
        layer.call(input.bfloat16()).sum().backward();
        var gradients = layer.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.grad!);

        using var exact = Create(which).to(ScalarType.Float64);
        exact.call(input.bfloat16().to(ScalarType.Float64)).sum().backward();

        foreach (var (name, parameter) in exact.named_parameters())
        {
            Assert.Equal(ScalarType.Float32, gradients[name].dtype);
            Close(parameter.grad!, gradients[name]);
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void KeptWeightsGiveTheSame(string which)
    {
        using var scope = NewDisposeScope();
        using var layer = Create(which);
        using var noGrad = no_grad();
        var input = Input(which);
        var (cast, plain) = (Numbers.Of(layer.call(input.bfloat16())), Numbers.Of(layer.call(input)));

        ((IWeightedLayer)layer).KeepBFloat16();

        Numbers.Close(cast, Numbers.Of(layer.call(input.bfloat16())), Place);
        Assert.Equal(plain, Numbers.Of(layer.call(input)));
        Assert.All(layer.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
    }

    [Fact]
    public void KeptWeightsAreThoseThatThereWere()
    {
        using var scope = NewDisposeScope();
        using var layer = Create("dense");
        using var noGrad = no_grad();
        var input = Input("dense").bfloat16();
        var before = Numbers.Of(layer.call(input));
        ((IWeightedLayer)layer).KeepBFloat16();

        foreach (var parameter in layer.parameters())
            parameter.zero_();

        Assert.Equal(before, Numbers.Of(layer.call(input)));
    }

    [Fact]
    public void SeveralMapsHaveTheSameWeights()
    {
        using var scope = NewDisposeScope();
        using var tower = new ConvTower(4, 3, 2);
        foreach (var (parameter, i) in tower.parameters().Select((p, i) => (p, i)))
            Fill(parameter, i);
        var maps = new[] { Input("3×3"), Input("3×3").narrow(2, 0, 3) };

        var together = tower.Convolve([.. maps.Select(map => map.bfloat16())]);

        foreach (var (map, output) in maps.Zip(together))
            Numbers.Close(Numbers.Of(tower.call(map.bfloat16())), Numbers.Of(output), 1e-6);
    }

    private static Tensor Exact(Block layer, Tensor input)
    {
        using var exact = Create(layer);
        return exact.call(input.bfloat16().to(ScalarType.Float64));
    }

    /// <summary>A float64 copy with the weights rounded, as they meet rounded values.</summary>
    private static Block Create(Block layer)
    {
        var which = layer switch { Dense => "dense", _ when layer.parameters().First().shape[1] == 32 => "one pixel", Conv { Groups: 4 } => "depthwise", _ when layer.parameters().Count() == 2 => "biased", _ => layer.parameters().First().shape[2] == 1 ? "1×1 stride 2" : "3×3" };
        var copy = Create(which).to(ScalarType.Float64);
        using var noGrad = no_grad();
        foreach (var (to, from) in copy.parameters().Zip(layer.parameters()))
            to.copy_(from.bfloat16());
        return copy;
    }

    private static Block Create(string which)
    {
        Block layer = which switch
        {
            "3×3" => new Conv(4, 6, 3, 1),
            "1×1 stride 2" => new Conv(4, 6, 1, 2),
            "depthwise" => new Conv(4, 4, 3, 1, groups: 4),
            "biased" => new Conv(4, 6, 3, 1, bias: true),
            "one pixel" => new Conv(32, 16, 3, 2),
            _ => new Dense(8, 5),
        };
        foreach (var (parameter, i) in layer.parameters().Select((p, i) => (p, i)))
            Fill(parameter, i);
        return layer;
    }

    private static void Fill(Tensor values, int seed)
    {
        using var noGrad = no_grad();
        values.copy_(tensor(Numbers.Gaussian((int)values.numel(), seed), values.shape));
    }

    private static Tensor Input(string which) => which switch
    {
        "dense" => tensor(Numbers.Gaussian(3 * 8, 9), [3, 8]),
        "one pixel" => tensor(Numbers.Gaussian(8 * 32, 9), [8, 32, 1, 1]),
        _ => tensor(Numbers.Gaussian(2 * 4 * 7 * 5, 9), [2, 4, 7, 5]),
    };

    private static void Close(Tensor expected, Tensor actual) => Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), Place);
}
