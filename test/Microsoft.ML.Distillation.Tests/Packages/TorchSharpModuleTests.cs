using TorchSharp;
using TorchSharp.Modules;
using static Microsoft.ML.Distillation.Tests.Packages.TorchSharpGoldens;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpModuleTests
{
    [Fact]
    public void Fields_register_under_their_names()
    {
        using var block = new Block();
        Assert.Equal(["scale", "conv.weight", "norm.weight", "norm.bias", "branches.0.weight", "branches.0.bias"], block.named_parameters().Select(p => p.Item1));
        Assert.Equal(["offset", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"], block.named_buffers().Select(b => b.Item1));
        Assert.Equal(["conv", "norm", "branches"], block.named_children().Select(c => c.Item1));
        Assert.Equal(["conv", "norm", "branches", "branches.0"], block.named_modules().Select(m => m.Item1));
        Assert.Equal(10, block.state_dict().Count);
        Assert.Same(block.get_parameter("conv.weight"), block.parameters().ElementAt(1));
        Assert.Null(block.get_parameter("conv.bias"));
        Assert.True(block.has_buffer("norm.running_var"));
    }

    [Fact]
    public void Train_and_eval_reach_every_module()
    {
        using var block = new Block();
        block.eval();
        Assert.All(block.modules().Append(block), module => Assert.False(module.training));
        block.train();
        Assert.All(block.modules().Append(block), module => Assert.True(module.training));
        int visited = 0;
        block.apply(_ => visited++);
        Assert.Equal(5, visited);
    }

    [Fact]
    public void State_travels_by_dictionary_and_by_file()
    {
        using var source = new Block();
        using var target = new Block();
        var (missing, unexpected) = target.load_state_dict(source.state_dict());
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        AssertSame(source, target);

        using var third = new Block();
        var file = Path.GetTempFileName();
        try
        {
            source.save(file);
            var loaded = new Dictionary<string, bool>();
            third.load(file, loadedParameters: loaded);
            AssertSame(source, third);
            Assert.Equal(source.state_dict().Keys, loaded.Keys);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_strict_load_refuses_strangers()
    {
        using var block = new Block();
        var state = block.state_dict();
        state.Remove("scale");
        state.Add("other", ones(1));
        Assert.Throws<InvalidOperationException>(() => block.load_state_dict(state));
        var (missing, unexpected) = block.load_state_dict(state, strict: false);
        Assert.Equal(["scale"], missing);
        Assert.Equal(["other"], unexpected);
    }

    [Fact]
    public void BatchNorm_tracks_what_it_saw_and_uses_it_in_eval()
    {
        using var norm = BatchNorm2d(2, momentum: 0.25);
        var x = tensor(new float[] { 1, 3, 10, 30 }).reshape(2, 2, 1, 1).transpose(0, 1).contiguous();
        norm.call(x);
        Assert.Equal([0.25f * 2, 0.25f * 20], norm.running_mean!.data<float>().ToArray());
        Assert.Equal([0.75f + 0.25f * 2, 0.75f + 0.25f * 200], norm.running_var!.data<float>().ToArray());
        Assert.Equal(1, norm.num_batches_tracked!.ToInt64());
        norm.eval();
        var y = norm.call(x);
        Assert.Equal((1 - 0.5) / Math.Sqrt(1.25 + 1e-5), y[0, 0, 0, 0].ToDouble(), 1e-6);
        Assert.Equal(1, norm.num_batches_tracked!.ToInt64());
    }

    [Fact]
    public void Layers_compute_what_their_functions_do()
    {
        using var conv = Conv2d(2, 3, 3, stride: 2, padding: 1);
        using var linear = Linear(4, 2);
        var image = randn(1, 2, 5, 5);
        Assert.True(conv.call(image).allclose(nn.functional.conv2d(image, conv.weight!, conv.bias, [2, 2], [1, 1])));
        var row = randn(3, 4);
        Assert.True(linear.call(row).allclose(row.matmul(linear.weight!.t()) + linear.bias!));
        Assert.Throws<ArgumentException>(() => conv.call(row));
        using var same = Conv2d(2, 3, 3, Padding.Same);
        Assert.Equal([1, 3, 5, 5], same.call(image).shape);
    }

    [Fact]
    public void Dropout_drops_in_training_only()
    {
        using var dropout = Dropout(0.5);
        var x = ones(1000);
        var dropped = dropout.call(x);
        int zeros = (int)dropped.eq(0).sum().ToInt64();
        Assert.InRange(zeros, 400, 600);
        Assert.Equal(1000 - zeros, dropped.eq(2).sum().ToInt64());
        dropout.eval();
        Assert.True(dropout.call(x).equal(x).all().ToBoolean());
    }

    [Fact]
    public void Conversion_replaces_floating_point_state_only()
    {
        using var block = new Block();
        block.to(ScalarType.Float64);
        Assert.All(block.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.Equal(ScalarType.Int64, block.get_buffer("norm.num_batches_tracked").dtype);
        Assert.Same(block.scale, block.get_parameter("scale"));
        Assert.True(block.scale.requires_grad);
        Assert.Equal(ScalarType.Float64, block.call(Wave(1, 1, 1, 4, 4)).dtype);
    }

    [Fact]
    public void Hooks_see_and_change_a_call()
    {
        using var linear = Linear(2, 2);
        var doubled = linear.register_forward_hook((_, _, output) => output * 2);
        var x = ones(1, 2);
        var expected = linear.forward(x) * 2;
        Assert.True(linear.call(x).allclose(expected));
        doubled.remove();
        Assert.True(linear.call(x).allclose(linear.forward(x)));
    }

    [Fact]
    public void A_parameter_takes_its_tensor_over()
    {
        var data = ones(2);
        var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad && parameter.is_leaf);
    }

    [Fact]
    public void Initialisers_keep_to_their_bounds()
    {
        var weight = empty(64, 32, 3, 3);
        Assert.Equal((288L, 576L), init.CalculateFanInAndFanOut(weight));
        init.kaiming_uniform_(weight, Math.Sqrt(5));
        Assert.InRange(weight.abs().max().ToDouble(), 0.9 / Math.Sqrt(288), 1 / Math.Sqrt(288));
        init.kaiming_normal_(weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        Assert.Equal(Math.Sqrt(2.0 / 576), weight.std().ToDouble(), 2e-3);
        init.trunc_normal_(weight, std: 0.02, a: -0.03, b: 0.03);
        Assert.InRange(weight.abs().max().ToDouble(), 0.025, 0.03001);
        init.constant_(weight, 7);
        Assert.Equal(7, weight.mean().ToDouble(), 1e-4);
    }

    private static void AssertSame(Module expected, Module actual)
    {
        var state = actual.state_dict();
        foreach (var (key, value) in expected.state_dict())
            Assert.True(value.equal(state[key]).all().ToBoolean(), key);
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        internal Parameter scale = new(randn(1));
        private readonly Tensor offset = randn(1);
        private readonly Conv2d conv = Conv2d(1, 2, 3, padding: 1, bias: false);
        private readonly BatchNorm2d norm = BatchNorm2d(2);
        private readonly ModuleList<Module<Tensor, Tensor>> branches = ModuleList<Module<Tensor, Tensor>>(Linear(4, 4));

        internal Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input) => branches[0].call(norm.call(conv.call(input))) * scale + offset;
    }
}
