using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Common;

public class FloatMapsTests
{
    [Fact]
    public void Float32IsLeftAlone()
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<Tensor> maps = [ones(1, 2, 3, 3)];

        Assert.Same(maps, FloatMaps.Of(maps));
        Assert.Same(maps[0], FloatMaps.Of(maps[0]));
        Assert.Empty(FloatMaps.Of([]));
    }

    [Fact]
    public void AMapIsCastOnce()
    {
        using var scope = NewDisposeScope();
        var maps = FloatMaps.Of([ones(1).bfloat16(), tensor([1.5f, -3]).bfloat16()]);

        Assert.Equal(2, maps.Count);
        Assert.Equal(ScalarType.Float32, maps[1].dtype);
        Assert.Equal([1.5, -3], Numbers.Of(maps[1]));
        Assert.Same(maps[1], maps[1]);
        Assert.Same(maps[1], maps.Last());
    }

    [Fact]
    public void ACastWithoutGradientsServesNobodyWhoWantsThem()
    {
        using var scope = NewDisposeScope();
        var source = tensor([2f, 3]).requires_grad_();
        var maps = FloatMaps.Of([(source * 2).bfloat16()]);
        using (no_grad())
            Assert.False(maps[0].requires_grad);

        maps[0].square().sum().backward();

        Assert.Equal([16, 24], Numbers.Of(source.grad!));
    }

    [Fact]
    public void CastsOutliveTheirMaps()
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<Tensor> maps;
        using (NewDisposeScope())
        {
            maps = FloatMaps.Of([tensor([7f]).bfloat16()]);
            maps[0].MoveToOuterDisposeScope();
        }

        Assert.Equal([7], Numbers.Of(maps[0]));
    }

    [Fact]
    public void ACastThatEndedWithItsScopeIsMadeAnew()
    {
        using var scope = NewDisposeScope();
        var maps = FloatMaps.Of([tensor([7f]).bfloat16()]);
        using (NewDisposeScope())
            Assert.Equal([7], Numbers.Of(maps[0]));

        Assert.Equal([7], Numbers.Of(maps[0]));
    }
}
