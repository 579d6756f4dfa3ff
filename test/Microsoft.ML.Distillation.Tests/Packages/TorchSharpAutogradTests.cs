using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpAutogradTests
{
    [Fact]
    public void Backward_adds_to_the_gradients()
    {
        var x = tensor(3.0, requires_grad: true);
        (x * x).backward();
        Assert.Equal(6, x.grad!.ToDouble());
        (x * x).backward();
        Assert.Equal(12, x.grad!.ToDouble());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Second_derivatives_need_create_graph()
    {
        var x = tensor(2.0, requires_grad: true);
        var first = autograd.grad([x * x * x], [x], create_graph: true)[0];
        Assert.Equal(12, first.ToDouble());
        Assert.Equal(12, autograd.grad([first], [x])[0].ToDouble());
        Assert.False(autograd.grad([x * x * x], [x])[0].requires_grad);
    }

    [Fact]
    public void Grad_weighs_outputs_and_leaves_the_inputs_alone()
    {
        var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        var grad = autograd.grad([x * x], [x], [tensor(new double[] { 10, 1 })])[0];
        Assert.Equal([20, 4], grad.data<double>().ToArray());
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_graph_serves_once_unless_kept()
    {
        var x = tensor(2.0, requires_grad: true);
        var y = x * x;
        y.backward(retain_graph: true);
        y.backward();
        Assert.Equal(8, x.grad!.ToDouble());
        Assert.Throws<ExternalException>(y.backward);
    }

    [Fact]
    public void No_grad_detaches_what_is_made_in_it_and_ends_with_its_block()
    {
        var x = tensor(2.0, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
        }
        Assert.True((x * 2).requires_grad);
        Assert.False(x.detach().requires_grad);
        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
    }

    [Fact]
    public void Straight_through_takes_the_value_of_one_and_the_gradient_of_the_other()
    {
        var x = tensor(new double[] { 0.4, 1.6 }, requires_grad: true);
        var rounded = x + (x.round() - x).detach();
        rounded.sum().backward();
        Assert.Equal([0, 2], rounded.detach().data<double>().ToArray());
        Assert.Equal([1, 1], x.grad!.data<double>().ToArray());
    }
}
