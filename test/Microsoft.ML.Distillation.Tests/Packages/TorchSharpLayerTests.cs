using TorchSharp;
using static Microsoft.ML.Distillation.Tests.Packages.TorchSharpGoldens;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpLayerTests
{
    [Fact]
    public void Convolution_normalisation_and_pooling_give_PyTorchs_values_and_gradients()
    {
        using var scope = NewDisposeScope();
        var x = Wave(1, 2, 4, 6, 5).requires_grad_();
        var weight = Wave(2, 6, 2, 3, 3).requires_grad_();
        var bias = Wave(3, 6).requires_grad_();
        var convolved = F.conv2d(x, weight, bias, strides: [2, 2], padding: [1, 1], groups: 2);
        var normal = F.batch_norm(convolved, null!, null!, Wave(4, 6), Wave(5, 6), training: true);
        var pooled = F.max_pool2d(normal, 3, stride: 2, padding: 1);
        pooled.square().sum().backward();
        AssertClose(Of("layers", "conv"), Values(convolved));
        AssertClose(Of("layers", "pooled"), Values(pooled), 1e-9);
        AssertClose(Of("layers", "grad x"), Values(x.grad!), 1e-9);
        AssertClose(Of("layers", "grad weight"), Values(weight.grad!), 1e-9);
        AssertClose(Of("layers", "grad bias"), Values(bias.grad!), 1e-9);
    }

    [Theory]
    [InlineData("avg pool")]
    [InlineData("adaptive")]
    [InlineData("adaptive max")]
    [InlineData("nearest")]
    [InlineData("bilinear")]
    [InlineData("bicubic corners")]
    [InlineData("area")]
    [InlineData("reflect")]
    [InlineData("constant")]
    [InlineData("layer norm")]
    public void Functions_give_PyTorchs_values(string name)
    {
        using var scope = NewDisposeScope();
        AssertClose(Of("layers", name), Values(Apply(name, Wave(1, 2, 4, 6, 5))));
    }

    [Fact]
    public void Activations_give_PyTorchs_values()
    {
        using var scope = NewDisposeScope();
        var x = Wave(1, 2, 4, 6, 5).reshape(-1).narrow(0, 0, 10);
        Tensor[] all =
        [
            F.relu(x), F.relu6(x), F.leaky_relu(x), F.silu(x), F.hardswish(x), F.hardsigmoid(x), F.gelu(x), F.softplus(x), F.logsigmoid(x), F.tanh(x), F.sigmoid(x),
        ];
        AssertClose(Of("layers", "activations"), Values(cat(all)));
    }

    [Fact]
    public void In_place_activations_change_their_input_and_return_it()
    {
        var x = tensor(new double[] { -1, 2 });
        Assert.Same(x, x.relu_());
        Assert.Equal(new double[] { 0, 2 }, Values(x));
    }

    private static Tensor Apply(string name, Tensor x) => name switch
    {
        "avg pool" => F.avg_pool2d(x, 3, stride: 2, padding: 1, ceil_mode: true, count_include_pad: false),
        "adaptive" => F.adaptive_avg_pool2d(x, (3, 2)),
        "adaptive max" => F.adaptive_max_pool2d(x, [3, 2]),
        "nearest" => F.interpolate(x, scale_factor: [1.5, 1.5], mode: InterpolationMode.Nearest),
        "bilinear" => F.interpolate(x, size: [4, 7], mode: InterpolationMode.Bilinear, align_corners: false),
        "bicubic corners" => F.interpolate(x, size: [7, 3], mode: InterpolationMode.Bicubic, align_corners: true),
        "area" => F.interpolate(x, size: [2, 3], mode: InterpolationMode.Area),
        "reflect" => F.pad(x, (1, 2, 0, 1), PaddingModes.Reflect),
        "constant" => F.pad(x, (0, 1, -1, 0), value: 0.5),
        "layer norm" => F.layer_norm(x, [6, 5], Wave(6, 6, 5), Wave(7, 6, 5)),
        _ => throw new ArgumentException(name),
    };
}
