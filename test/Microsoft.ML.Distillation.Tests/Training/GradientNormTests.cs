using Microsoft.ML.Distillation.Training;
using TorchSharp;
using TorchSharp.Modules;
using static Microsoft.ML.Distillation.Tests.Training.Loops;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class GradientNormTests
{
    [Theory]
    [InlineData(.1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void ItIsThatOfAPlainDoubleLoop(double maximum)
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        var before = parameters.Select(p => p.grad is null ? [] : Numbers.Of(p.grad)).ToList();
        var norm = Math.Sqrt(before.Sum(g => g.Sum(v => v * v)));
        var scale = Math.Min(1, maximum / (norm + 1e-6));

        Assert.Equal(norm, GradientNorm.Of(parameters).to(ScalarType.Float64).item<double>(), 1e-5 * norm);
        Assert.Equal(norm, GradientNorm.Clip(parameters, maximum).to(ScalarType.Float64).item<double>(), 1e-5 * norm);

        Assert.Equal(maximum == 1000 ? 1 : maximum / norm, scale, 1e-6);
        for (var i = 0; i < parameters.Count; i++)
            Numbers.Within([.. before[i].Select(v => scale * v)], parameters[i].grad is { } grad ? Numbers.Of(grad) : [], 1e-6 * norm);
    }

    [Fact]
    public void ItIsWhatPyTorchsOwnDoes()
    {
        using var scope = NewDisposeScope();
        var (own, theirs) = (Parameters(), Parameters());

        GradientNorm.Clip(own, 2);
        nn.utils.clip_grad_norm_(theirs.Where(p => p.grad is not null), 2);

        for (var i = 0; i < own.Count; i++)
            Numbers.Within(own[i].grad is { } mine ? Numbers.Of(mine) : [], theirs[i].grad is { } other ? Numbers.Of(other) : [], 1e-6);
    }

    // A step along a gradient of length 1e-6 with rate 0.05 moves the weights by no more than their product.
    [Fact]
    public void AClippedStepIsAsShortAsTheBoundSays()
    {
        var settings = Settings with
        {
            Epochs = 1, MaximumGradientNorm = 1e-3, Schedule = new ConstantRate(), Optimizer = new SgdOptions { LearningRate = .05, Momentum = 0, Nesterov = false, WeightDecay = 0 },
        };
        using var task = new ScriptedTask();
        using var free = new ScriptedTask();
        var start = task.Weights;

        RunTask(settings, task);
        RunTask(settings with { MaximumGradientNorm = null }, free);

        Assert.InRange(Distance(start, task.Weights), 1e-6, 3 * .05e-3 * 1.001);
        Assert.True(Distance(start, free.Weights) > .1, "Without the bound the steps are long.");
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b).Sum(p => Math.Pow(p.First - p.Second, 2)));

    private static List<Parameter> Parameters()
    {
        var parameters = new List<Parameter> { new(zeros(2, 3)), new(zeros(5)), new(zeros(4)), new(zeros(2, 3, 4, 5)) };
        parameters[0].grad = tensor(Numbers.Gaussian(6, 1), [2, 3]);
        parameters[1].grad = tensor(Numbers.Gaussian(5, 2));
        parameters[3].grad = tensor(Numbers.Gaussian(120, 3), [2, 4, 5, 3]).permute(0, 3, 1, 2);
        return parameters;
    }
}
