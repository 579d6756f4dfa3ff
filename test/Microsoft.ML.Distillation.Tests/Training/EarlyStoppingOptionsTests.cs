using Microsoft.ML.Distillation.Training;
using static Microsoft.ML.Distillation.Tests.Training.Loops;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>When a run ends, and which epoch's weights it returns.</summary>
public class EarlyStoppingOptionsTests
{
    private static readonly TrainingSettings Plain = Settings with { Epochs = 6, Schedule = new ConstantRate() };

    [Theory]
    [InlineData(2, 0, false, new[] { .1, .2, .3 })]
    [InlineData(2, 0, false, new[] { .3, .2 })]
    [InlineData(2, 0, true, new[] { .3, .2, .1 })]
    [InlineData(2, 0, true, new[] { .3, .3, .3 })]
    [InlineData(2, 0, false, new[] { .3, .2, .31, .3 })]
    [InlineData(2, .1, true, new[] { .3, .35, .39 })]
    [InlineData(2, .1, false, new[] { .3, .35, .41 })]
    [InlineData(1, 0, false, new[] { .0 })]
    [InlineData(1, 0, true, new[] { .0, .0 })]
    public void ItEndsAfterSoManyEpochsWithoutAGain(int patience, double gain, bool ends, double[] measured) =>
        Assert.Equal(ends, new EarlyStoppingOptions { Patience = patience, MinimumGain = gain }.Ends(measured));

    [Fact]
    public void ARunEndsEarlyWithItsBestWeights()
    {
        using var task = new ScriptedTask([.1, .5, .4, .3, .9, .9]);

        var history = RunTask(Plain with { EarlyStopping = new() { Patience = 2 } }, task);

        Assert.Equal((4, 2, true, 4 * 12L), (history.Epochs, history.BestEpoch, history.StoppedEarly, history.Images));
        Assert.Equal([.1, .5, .4, .3], history.ValidationAccuracy);
        Assert.Equal(task.Validated[1], task.Weights);
    }

    [Fact]
    public void OfEqualEpochsTheLaterOneIsReturned()
    {
        using var task = new ScriptedTask([.1, .5, .5, .3, .2, .4]);

        var history = RunTask(Plain, task);

        Assert.Equal((6, 3, false), (history.Epochs, history.BestEpoch, history.StoppedEarly));
        Assert.Equal(task.Validated[2], task.Weights);
    }

    [Fact]
    public void TheLastWeightsAreReturnedWhereTheBestAreNotWanted()
    {
        using var task = new ScriptedTask([.1, .5, .4, .3, .2, .1]);

        RunTask(Plain with { KeepBest = false }, task);

        Assert.Equal(task.Validated[5], task.Weights);
    }

    [Fact]
    public void TheLastEpochIsNoEarlyStop()
    {
        using var task = new ScriptedTask([.5, .4]);

        var history = RunTask(Plain with { Epochs = 2, EarlyStopping = new() { Patience = 1 } }, task);

        Assert.Equal((2, false), (history.Epochs, history.StoppedEarly));
    }

    [Fact]
    public void TheBestSoFarIsReported()
    {
        using var task = new ScriptedTask([.1, .5, .4, .6, .2, .1]);

        var heard = Loops.RunTask(Plain, task, () => []).Heard.Where(p => p.Phase == DistillationPhase.Validating).ToList();

        Assert.Equal([.1, .5, .4, .6, .2, .1], heard.Select(p => p.ValidationAccuracy!.Value));
        Assert.Equal([.1, .5, .5, .6, .6, .6], heard.Select(p => p.BestValidationAccuracy!.Value));
    }
}
