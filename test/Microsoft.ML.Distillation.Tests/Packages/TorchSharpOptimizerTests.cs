using TorchSharp;
using TorchSharp.Modules;
using static Microsoft.ML.Distillation.Tests.Packages.TorchSharpGoldens;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpOptimizerTests
{
    [Theory]
    [InlineData("sgd")]
    [InlineData("sgd decay")]
    [InlineData("sgd momentum")]
    [InlineData("sgd dampening")]
    [InlineData("sgd nesterov")]
    [InlineData("sgd maximize")]
    [InlineData("adamw")]
    [InlineData("adamw decay")]
    [InlineData("adamw amsgrad")]
    [InlineData("adamw maximize")]
    public void Five_steps_end_where_PyTorch_ends(string name)
    {
        var (weight, bias) = Parameters();
        using var optimizer = Make(name, [weight, bias]);
        for (int step = 0; step < 5; step++)
            Step(optimizer, weight, bias, step);
        AssertClose(Of("optimizers", name), [.. Values(weight), .. Values(bias)]);
    }

    [Theory]
    [InlineData("sgd nesterov")]
    [InlineData("adamw amsgrad")]
    public void State_read_from_a_stream_continues_the_run(string name)
    {
        var (weight, bias) = Parameters();
        using var first = Make(name, [weight, bias]);
        for (int step = 0; step < 3; step++)
            Step(first, weight, bias, step);
        var file = new MemoryStream();
        first.save_state_dict(new BinaryWriter(file));

        using var second = Make(name, [weight, bias]);
        // TorchSharp loads into the tensors of a state, which SGD's has only after a step.
        var before = (weight.clone(), bias.clone());
        Step(second, weight, bias, 0);
        using (no_grad())
        {
            weight.copy_(before.Item1);
            bias.copy_(before.Item2);
        }
        file.Position = 0;
        second.load_state_dict(new BinaryReader(file));
        for (int step = 3; step < 5; step++)
            Step(second, weight, bias, step);
        AssertClose(Of("optimizers", name), [.. Values(weight), .. Values(bias)]);
    }

    [Fact]
    public void Another_kinds_state_is_refused()
    {
        var (weight, bias) = Parameters();
        using var sgd = Make("sgd momentum", [weight, bias]);
        using var adamw = Make("adamw", [weight, bias]);
        var file = new MemoryStream();
        sgd.save_state_dict(new BinaryWriter(file));
        file.Position = 0;
        Assert.Throws<InvalidDataException>(() => adamw.load_state_dict(new BinaryReader(file)));
    }

    [Fact]
    public void Each_group_learns_at_its_own_rate()
    {
        var (weight, bias) = Parameters();
        var before = (Values(weight), Values(bias));
        using var optimizer = SGD([new SGD.ParamGroup([weight], lr: 0.5), new SGD.ParamGroup([bias], lr: 0)], 0.1);
        Step(optimizer, weight, bias, 0);
        Assert.NotEqual(before.Item1, Values(weight));
        Assert.Equal(before.Item2, Values(bias));

        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = 0;
        before = (Values(weight), Values(bias));
        Step(optimizer, weight, bias, 1);
        Assert.Equal(before.Item1, Values(weight));
    }

    [Fact]
    public void Zero_grad_keeps_gradients_and_clears_them()
    {
        var (weight, bias) = Parameters();
        using var optimizer = SGD([weight, bias], 0.1);
        weight.sum().backward();
        optimizer.zero_grad();
        Assert.Equal(0, weight.grad!.abs().sum().ToDouble());
        Assert.Null(bias.grad);
    }

    [Fact]
    public void Clipping_scales_to_the_common_norm_and_returns_the_old_one()
    {
        var a = new Parameter(tensor(new double[] { 0, 0 }));
        var b = new Parameter(tensor(new double[] { 0 }));
        a.grad = tensor(new double[] { 3, 0 });
        b.grad = tensor(new double[] { 4 });
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 10), 1e-9);
        Assert.Equal(3, a.grad![0].ToDouble(), 1e-9);
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 1), 1e-9);
        Assert.Equal(0.6, a.grad![0].ToDouble(), 1e-5);
        Assert.Equal(0.8, b.grad![0].ToDouble(), 1e-5);
        nn.utils.clip_grad_value_([a, b], 0.7);
        Assert.Equal(0.7, b.grad![0].ToDouble(), 1e-9);
    }

    private static (Parameter Weight, Parameter Bias) Parameters() => (new Parameter(Wave(1, 3, 2)), new Parameter(Wave(2, 2)));

    private static OptimizerHelper Make(string name, Parameter[] parameters) => name switch
    {
        "sgd" => SGD(parameters, 0.01),
        "sgd decay" => SGD(parameters, 0.01, weight_decay: 0.1),
        "sgd momentum" => SGD(parameters, 0.01, momentum: 0.9),
        "sgd dampening" => SGD(parameters, 0.01, momentum: 0.9, dampening: 0.3, weight_decay: 0.1),
        "sgd nesterov" => SGD(parameters, 0.01, momentum: 0.9, nesterov: true, weight_decay: 0.1),
        "sgd maximize" => SGD(parameters, 0.001, momentum: 0.9, maximize: true),
        "adamw" => AdamW(parameters, 0.1, weight_decay: 0.01),
        "adamw decay" => AdamW(parameters, 0.1, 0.8, 0.9, 1e-3, 0.5),
        "adamw amsgrad" => AdamW(parameters, 0.1, weight_decay: 0.01, amsgrad: true),
        "adamw maximize" => AdamW(parameters, 0.1, weight_decay: 0.01, maximize: true),
        _ => throw new ArgumentException(name),
    };

    private static void Step(Optimizer optimizer, Parameter weight, Parameter bias, int step)
    {
        using var scope = NewDisposeScope();
        weight.grad = null;
        bias.grad = null;
        var output = Wave(3 + step, 4, 3).matmul(weight);
        (step == 2 ? output : output + bias).pow(4).sum().backward();
        optimizer.step();
    }
}
