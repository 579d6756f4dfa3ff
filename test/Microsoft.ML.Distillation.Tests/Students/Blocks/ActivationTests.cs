using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using Microsoft.ML.Distillation.Tests.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Blocks;

public class ActivationTests
{
    [Theory]
    [InlineData(nameof(Activation.None), new[] { -4, -1, 0, 1.5, 8 })]
    [InlineData(nameof(Activation.Relu), new[] { 0, 0, 0, 1.5, 8 })]
    [InlineData(nameof(Activation.Relu6), new[] { 0, 0, 0, 1.5, 6 })]
    [InlineData(nameof(Activation.HardSwish), new[] { 0, -2 / 6.0, 0, 1.5 * 4.5 / 6, 8 })]
    [InlineData(nameof(Activation.Silu), new[] { -4 / 55.598150033144236, -1 / 3.718281828459045, 0, 1.5 / 1.2231301601484299, 8 / 1.0003354626279025 })] // x / (1 + e⁻ˣ)
    public void TheModuleAndTheGraphComputeTheDefinition(string name, double[] expected)
    {
        float[] x = [-4, -1, 0, 1.5f, 8];
        using var scope = NewDisposeScope();
        var activation = Enum.Parse<Activation>(name);

        Numbers.Within(expected, Numbers.Of(activation.Apply(tensor(x))), 1e-6);
        Numbers.Within(expected, Numbers.Of(activation.Overwrite(tensor(x))), 1e-6);
        Numbers.Within(expected, OneNode.Run(x, [1, 5], [1, 5], (g, v) => g.Identity(activation.WriteOnnx(g, v, "act"))).Doubles(), 1e-6);
    }

    [Theory]
    [InlineData(nameof(Activation.Relu), true)]
    [InlineData(nameof(Activation.Relu6), true)]
    [InlineData(nameof(Activation.HardSwish), false)]
    [InlineData(nameof(Activation.Silu), false)]
    public void OnlyThoseWhoseGradientNeedsNoInputOverwriteIt(string name, bool overwrites)
    {
        using var scope = NewDisposeScope();
        var x = tensor([-1f, 7]);

        Enum.Parse<Activation>(name).Overwrite(x);

        Assert.Equal(overwrites ? 0 : -1, x[0].item<float>());
    }

    [Theory]
    [InlineData(nameof(Activation.Relu), new[] { 0.0, 1, 1 })]
    [InlineData(nameof(Activation.Relu6), new[] { 0.0, 1, 0 })]
    [InlineData(nameof(Activation.HardSwish), new[] { -1 / 6.0 + .5 - 1 / 6.0, 1 / 3.0 + .5, 1 })]
    public void BFloat16HasGradientsToo(string name, double[] expected)
    {
        using var scope = NewDisposeScope();
        var x = tensor([-1f, 1, 7]).requires_grad_();

        Enum.Parse<Activation>(name).Overwrite(x.bfloat16()).sum().backward();

        Numbers.Within(expected, Numbers.Of(x.grad!), 1 / 256.0);
    }
}
