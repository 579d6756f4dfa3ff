using Microsoft.ML.Distillation.Training;
using static Microsoft.ML.Distillation.Tests.Training.Loops;

namespace Microsoft.ML.Distillation.Tests.Training;

public class CancellationResultTests
{
    private static readonly TrainingSettings Plain = Settings with { Schedule = new ConstantRate() };

    // Cancelled while a step is computed, the run ends with that step.
    [Fact]
    public void ThrowingStopsWithinOneBatch()
    {
        using var source = new CancellationTokenSource();
        using var task = Cancelled(source, at: 4);

        Assert.Throws<OperationCanceledException>(() => RunTask(Plain with { Cancellation = source.Token }, task));

        Assert.Equal([0, 1, 2, 3, 4], task.Computed);
    }

    [Fact]
    public void TheBestEpochSoFarIsReturned()
    {
        using var source = new CancellationTokenSource();
        using var task = Cancelled(source, at: 7, .5, .4);

        var history = RunTask(Plain with { Cancellation = source.Token, OnCancellation = CancellationResult.ReturnBest }, task);

        Assert.Equal((true, 2, 1, 8 * 4L), (history.Cancelled, history.Epochs, history.BestEpoch, history.Images));
        Assert.Equal(task.Validated[0], task.Weights);
        Assert.True(double.IsFinite(history.SecondsPerEpoch) && history.SecondsPerEpoch > 0);
    }

    [Fact]
    public void WithoutAMeasuredEpochTheLastWeightsAreReturned()
    {
        using var source = new CancellationTokenSource();
        using var task = Cancelled(source, at: 1);
        using var whole = new ScriptedTask();
        RunTask(Plain with { Epochs = 1 }, whole);

        var history = RunTask(Plain with { Cancellation = source.Token, OnCancellation = CancellationResult.ReturnBest }, task);

        Assert.Equal((true, 0, 2 * 4L), (history.Cancelled, history.Epochs, history.Images));
        Assert.Empty(history.Terms);
        Assert.NotEqual(whole.Weights, task.Weights);
    }

    [Fact]
    public void BeforeTheFirstStepThereIsNothingToReturn()
    {
        using var source = new CancellationTokenSource();
        using var task = new ScriptedTask();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => RunTask(Plain with { Cancellation = source.Token, OnCancellation = CancellationResult.ReturnBest }, task));
    }

    [Theory]
    [InlineData(CancellationResult.Throw)]
    [InlineData(CancellationResult.ReturnBest)]
    public void EitherWayTheRunCanBeGoneOnWith(CancellationResult result)
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        using var whole = new ScriptedTask([.5, .4, .3]);
        var expected = RunTask(Plain, whole);
        using (var task = Cancelled(source, at: 6, .5, .4))
        {
            var settings = Plain with { Cancellation = source.Token, OnCancellation = result };
            if (result == CancellationResult.Throw)
                Assert.Throws<OperationCanceledException>(() => RunTask(settings, task, folder.Path));
            else
                Assert.True(RunTask(settings, task, folder.Path).Cancelled);
        }

        using var last = new ScriptedTask([.3]);
        var history = RunTask(Plain, last, folder.Path);

        Assert.Equal([7, 8], last.Computed);
        Assert.Equal(whole.Weights, last.Weights);
        Assert.Equal(expected.Terms, history.Terms);
        Assert.False(history.Cancelled);
    }

    private static ScriptedTask Cancelled(CancellationTokenSource source, long at, params double[] measured) => new(measured, (step, _, loss) =>
    {
        if (step == at)
            source.Cancel();
        return loss;
    });
}
