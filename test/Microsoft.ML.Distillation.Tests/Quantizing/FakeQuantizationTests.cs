using Microsoft.ML.Distillation.Quantizing;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

/// <summary>Values and gradients against PyTorch's own fake quantisation.</summary>
public class FakeQuantizationTests
{
    private static readonly Goldens _golden = Golden.Read<Goldens>("quantization/fake_quantization.json");

    public static TheoryData<string> Names => [.. _golden.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientAreThoseOfPyTorch(string name)
    {
        using var scope = NewDisposeScope();
        var golden = _golden.Cases.Single(c => c.Name == name);
        var x = tensor(golden.Values, golden.Shape).requires_grad_();

        var y = Apply(golden, x);
        (y * tensor(golden.Above, golden.Shape)).sum().backward();

        Numbers.Close(golden.Quantised, Numbers.Of(y), 1e-6);
        Assert.Equal(golden.Gradient, Numbers.Of(x.grad!));
        Assert.Equal(golden.Inside, golden.Gradient.Count(g => g != 0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutGradientsTheValueIsTheSame(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var golden = _golden.Cases.Single(c => c.Name == name);
        var x = tensor(golden.Values, golden.Shape);

        Numbers.Close(golden.Quantised, Numbers.Of(Apply(golden, x)), 1e-6);
        Assert.Equal(golden.Values, Numbers.Of(x));
    }

    [Fact]
    public void WhatIsRoundedStaysWhenItIsRoundedAgain()
    {
        using var scope = NewDisposeScope();
        var (scale, zero) = (tensor(.0137f), tensor(40f));
        var once = FakeQuantization.Activation(tensor(Numbers.Gaussian(500, 3)), scale, zero);

        Assert.Equal(Numbers.Floats(once), Numbers.Floats(FakeQuantization.Activation(once, scale, zero)));
        Assert.InRange(Numbers.Floats(once).Distinct().Count(), 100, 256);
    }

    private static Tensor Apply(Case golden, Tensor x)
    {
        if (golden.Axis is not { } axis)
            return FakeQuantization.Activation(x, tensor(golden.Scales[0]), tensor((float)golden.Zero!.Value));
        var shape = golden.Shape.Select((_, i) => i == axis ? -1L : 1L).ToArray();
        return FakeQuantization.Weights(x, tensor(golden.Scales).reshape(shape), golden.Limit!.Value);
    }

    private sealed record Goldens(Case[] Cases);

    private sealed record Case(
        string Name, long[] Shape, int? Axis, int? Limit, float[] Scales, int? Zero, double[] Values, double[] Above, double[] Quantised, double[] Gradient, int Inside);
}
