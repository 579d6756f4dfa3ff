using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Packages;

[Collection(nameof(NoParallelization))]
public class TorchSharpScopeTests
{
    [Fact]
    public void A_scope_ends_what_was_made_in_it()
    {
        long before = Tensor.TotalCount;
        Tensor kept, moved;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                var sum = ones(2) + ones(2);
                moved = sum.sum().MoveToOuterDisposeScope();
                kept = sum.mean().DetachFromDisposeScope();
                Assert.Equal(3, inner.DisposablesCount);
                Assert.True(inner.Contains(sum));
            }
            Assert.Equal(1, outer.DisposablesCount);
            Assert.False(moved.IsInvalid);
            Assert.Equal(2, Tensor.TotalCount - before);
        }
        Assert.True(moved.IsInvalid);
        Assert.Equal(2, kept.ToSingle());
        Assert.Equal(1, Tensor.TotalCount - before);
        kept.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
        Assert.Throws<InvalidOperationException>(() => kept.Handle);
    }

    [Fact]
    public void Statistics_tell_created_disposed_and_detached()
    {
        var counts = DisposeScopeManager.Statistics;
        counts.Reset();
        using var outside = ones(1);
        Assert.Equal((1, 0), (counts.CreatedOutsideScopeCount, counts.CreatedInScopeCount));
        using (NewDisposeScope())
        {
            ones(1).Dispose();
            ones(1).DetachFromDisposeScope();
            _ = ones(1);
            Assert.Equal((3, 1, 1), (counts.CreatedInScopeCount, counts.DisposedInScopeCount, counts.DetachedFromScopeCount));
            Assert.Equal(1, counts.ThreadTotalLiveCount);
        }
        Assert.Equal((3, 2, 1), (counts.CreatedInScopeCount, counts.DisposedInScopeCount, counts.DetachedFromScopeCount));
        Assert.Equal(0, counts.ThreadTotalLiveCount);
    }

    [Fact]
    public void Everything_but_some_may_end_before_the_scope_does()
    {
        using var scope = NewDisposeScope();
        var first = ones(1);
        var second = ones(1);
        Assert.Same(second, scope.DisposeEverythingBut(second));
        Assert.True(first.IsInvalid);
        Assert.False(second.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Attach_and_move_choose_the_scope_that_ends_a_tensor()
    {
        var free = ones(1);
        var first = NewDisposeScope();
        var second = NewDisposeScope();
        first.Attach(free);
        Assert.Same(second, CurrentDisposeScope);
        var made = ones(1);
        made.MoveToOtherDisposeScope(free);
        second.Dispose();
        Assert.False(made.IsInvalid);
        Assert.Same(first, CurrentDisposeScope);
        first.Dispose();
        Assert.True(made.IsInvalid && free.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void Scopes_end_in_any_order_and_an_ended_one_refuses()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        Assert.Same(inner, CurrentDisposeScope);
        inner.Dispose();
        Assert.Null(CurrentDisposeScope);
        Assert.Throws<ObjectDisposedException>(() => inner.Attach(ones(1)));
    }

    [Fact]
    public void In_place_operators_make_no_tensor()
    {
        var x = ones(3);
        long before = Tensor.TotalCount;
        Assert.Same(x, x.add_(1).mul_(2).zero_());
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Training_steps_leave_no_tensor_behind()
    {
        using var net = nn.Sequential(("conv", nn.Conv2d(1, 2, 3)), ("norm", nn.BatchNorm2d(2)), ("relu", nn.ReLU()), ("flat", nn.Flatten()), ("head", nn.Linear(32, 2)));
        using var optimizer = optim.SGD(net.parameters(), 0.1, momentum: 0.9, weight_decay: 1e-4, nesterov: true);
        using var input = randn(4, 1, 6, 6);
        using var labels = torch.tensor(new long[] { 0, 1, 1, 0 });
        void Step()
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(net.call(input), labels).backward();
            optimizer.step();
        }
        Step();
        long after = Tensor.TotalCount;
        for (int i = 0; i < 5; i++)
            Step();
        Assert.Equal(after, Tensor.TotalCount);
    }
}
