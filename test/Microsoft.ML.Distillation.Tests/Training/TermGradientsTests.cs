using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class TermGradientsTests
{
    // d(p·a)/dp = a, d‖q‖²/dq = 2q: by hand.
    [Fact]
    public void TheGradientIsThatOfAllParametersInARow()
    {
        using var scope = NewDisposeScope();
        var (p, q) = (Leaf(1, 2), Leaf(3, -4, 5));

        Assert.Equal([7, 9, 0, 0, 0], Numbers.Of(TermGradients.Of((p * tensor(new[] { 7f, 9f })).sum(), [p, q])!));
        Assert.Equal([7, 9, 6, -8, 10], Numbers.Of(TermGradients.Of((p * tensor(new[] { 7f, 9f })).sum() + q.square().sum(), [p, q])!));
    }

    [Fact]
    public void TheTermCanStillBeDifferentiated()
    {
        using var scope = NewDisposeScope();
        var p = Leaf(1, 2);
        var term = p.square().sum();

        TermGradients.Of(term, [p]);

        Assert.True(p.grad is null);
        term.backward();
        Assert.Equal([2, 4], Numbers.Of(p.grad!));
    }

    [Fact]
    public void ATermWithoutGradientHasNone()
    {
        using var scope = NewDisposeScope();

        Assert.Null(TermGradients.Of(tensor(3f), [Leaf(1)]));
    }

    [Theory]
    [InlineData(new[] { 3f, 4f }, new[] { 6f, 8f }, 5, 10, 1)]
    [InlineData(new[] { 3f, 4f }, new[] { -4f, 3f }, 5, 5, 0)]
    [InlineData(new[] { 3f, 0f }, new[] { -1f, 1f }, 3, 1.4142135623730951, -.70710678118654752)]
    [InlineData(new[] { 0f, 0f }, new[] { 6f, 8f }, 0, 10, 0)]
    public void LengthsAndCosineAreTheUsual(float[] task, float[] method, double taskLength, double methodLength, double cosine)
    {
        using var scope = NewDisposeScope();

        var pair = TermGradients.Compare(tensor(task).to(ScalarType.Float64), tensor(method).to(ScalarType.Float64));

        Assert.Equal(taskLength, pair.Task, 1e-12);
        Assert.Equal(methodLength, pair.Method, 1e-12);
        Assert.Equal(cosine, pair.Cosine, 1e-12);
    }

    private static Tensor Leaf(params float[] values) => tensor(values).requires_grad_();
}
