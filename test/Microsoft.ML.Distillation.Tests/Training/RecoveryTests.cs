using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static Microsoft.ML.Distillation.Tests.Training.Loops;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>Losses and gradients that are not finite.</summary>
public class RecoveryTests
{
    private static readonly TrainingSettings Plain = Settings with { Epochs = 2, Schedule = new ConstantRate(), WeightAverage = new() { Decay = .5, WarmUpSteps = 0 } };

    // Step 4 is the second of the second epoch: its first half is done twice, from there on with half the rate, as if the schedule said so.
    [Fact]
    public void ARunIsSetBackToTheLastGoodStateAndGoesOnAtALowerRate()
    {
        using var broken = new ScriptedTask(loss: (step, before, loss) => step == 4 && before == 0 ? loss * float.NaN : loss);
        using var whole = new ScriptedTask();

        var history = RunTask(Plain, broken);
        var expected = RunTask(Plain with { Schedule = new StepDecay { Milestones = [1], Gamma = .5 } }, whole);

        Assert.Equal([0, 1, 2, 3, 4, 3, 4, 5], broken.Computed);
        Assert.Equal(whole.Weights, broken.Weights);
        Assert.Equal(expected.Terms, history.Terms);
        Assert.Equal([.05, .025], history.LearningRate);
        Assert.Equal(["Step 5: loss term 'task' is NaN on rows 4, 5, 6, 7. Back to step 3, with 0.5 of the learning rate (retry 1 of 3)."], history.Retries);
    }

    // As on a GPU: what is wrong shows only when somebody looks, here at the epoch's end, and steps that followed are undone with it.
    [Fact]
    public void ALateLookUndoesWhatFollowed()
    {
        using var broken = new ScriptedTask(loss: (step, before, loss) => step == 3 && before == 0 ? loss * float.NaN : loss);
        using var whole = new ScriptedTask();

        var history = RunTask(Plain with { LookEvery = 25 }, broken);
        var expected = RunTask(Plain with { Schedule = new StepDecay { Milestones = [1], Gamma = .5 } }, whole);

        Assert.Equal([0, 1, 2, 3, 4, 5, 3, 4, 5], broken.Computed);
        Assert.Equal(whole.Weights, broken.Weights);
        Assert.Equal(expected.Terms, history.Terms);
        Assert.StartsWith("Step 4: loss term 'task' is NaN on rows 0, 1, 2, 3. Back to step 3,", Assert.Single(history.Retries), StringComparison.Ordinal);
    }

    // A state that nobody has looked at is neither kept nor written.
    [Fact]
    public void WhatIsKeptIsLookedAtBefore()
    {
        using var folder = new TemporaryFolder();
        using var task = new ScriptedTask(loss: (step, _, loss) => step == 1 ? loss * float.NaN : loss);

        Assert.Throws<InvalidOperationException>(() => Loops.RunTask(Plain with { LookEvery = 25 }, task, () => [], folder.Path, new() { EverySteps = 2 }));

        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], task.Computed);
        Assert.False(File.Exists(folder[CheckpointFolder.Last]));
    }

    [Fact]
    public void StatesAreKeptWithinAnEpochToo()
    {
        using var task = new ScriptedTask(loss: (step, before, loss) => step == 2 && before == 0 ? loss * float.PositiveInfinity : loss);

        var history = RunTask(Plain with { Recovery = new() { EverySteps = 2, RateFactor = .25 } }, task);

        Assert.Equal([0, 1, 2, 2, 3, 4, 5], task.Computed);
        Assert.Equal([.0125, .0125], history.LearningRate);
        Assert.StartsWith("Step 3: loss term 'task' is Infinity on rows 8, 9, 10, 11. Back to step 2, with 0.25 of", Assert.Single(history.Retries), StringComparison.Ordinal);
    }

    // √0 is 0, and its slope is infinite.
    [Fact]
    public void AGradientThatIsNotFiniteIsFoundInItsVeryStep()
    {
        using var task = new ScriptedTask(loss: (step, before, loss) => step == 1 && before == 0 ? loss + (loss * 0).sqrt() : loss);

        var history = RunTask(Plain, task);

        Assert.Equal([0, 1, 0, 1, 2, 3, 4, 5], task.Computed);
        Assert.StartsWith("Step 2: the gradient's norm is NaN on rows 4, 5, 6, 7. Back to step 0,", Assert.Single(history.Retries), StringComparison.Ordinal);
        Assert.All(task.Weights, weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void WhatStaysWrongFailsWithStepRowsAndTerm()
    {
        using var task = new ScriptedTask(loss: (step, _, loss) => step == 4 ? loss * float.NaN : loss);

        var message = Assert.Throws<InvalidOperationException>(() => RunTask(Plain, task)).Message;

        Assert.Equal(
            "Training diverged in epoch 2 of 2, at step 5 of 6: loss term 'task' is NaN on rows 4, 5, 6, 7. It was set back 3 times, and went on with 0.125 of the learning rate at last. "
            + "Look at those rows, lower Optimizer.LearningRate or the methods' weights, set MaximumGradientNorm, or give the schedule more warm-up epochs; that is another run, which needs an empty CheckpointFolder.", message);
        Assert.Equal([0, 1, 2, 3, 4, 3, 4, 3, 4, 3, 4], task.Computed);
    }

    [Fact]
    public void WithoutRecoveryItFailsAtOnce()
    {
        using var task = new ScriptedTask(loss: (step, _, loss) => step == 4 ? loss * float.NaN : loss);

        var message = Assert.Throws<InvalidOperationException>(() => RunTask(Plain with { Recovery = null }, task)).Message;

        Assert.StartsWith("Training diverged in epoch 2 of 2, at step 5 of 6: loss term 'task' is NaN on rows 4, 5, 6, 7. Look at those rows", message, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2, 3, 4], task.Computed);
    }

    // Killed after it was set back: what is left of the retries, and the rate, are the checkpoint's.
    [Fact]
    public void ARetryIsRememberedByTheCheckpoint()
    {
        using var folder = new TemporaryFolder();
        Func<long, int, Tensor, Tensor> once = (step, before, loss) => step == 1 && before == 0 ? loss * float.NaN : loss;
        using var whole = new ScriptedTask(loss: once);
        var expected = RunTask(Plain, whole);
        using var broken = new ScriptedTask(loss: (step, before, loss) => step == 4 ? throw new Crash() : once(step, before, loss));
        using var last = new ScriptedTask(loss: (_, _, loss) => loss);

        Assert.Throws<Crash>(() => RunTask(Plain, broken, folder.Path));
        var history = RunTask(Plain, last, folder.Path);

        Assert.Equal([3, 4, 5], last.Computed);
        Assert.Equal(whole.Weights, last.Weights);
        Assert.Equal(expected.Retries, history.Retries);
        Assert.Equal(expected.Terms, history.Terms);
    }

    [Fact]
    public void TheListenerAndTheLogHearOfIt()
    {
        using var task = new ScriptedTask(loss: (step, before, loss) => step == 4 && before < 2 ? loss * float.NaN : loss);

        var outcome = Loops.RunTask(Plain, task, () => []);

        Assert.Equal(outcome.History.Retries, outcome.Warnings);
        Assert.Equal([0, 1, 2], outcome.Heard.Select(p => p.Retries).Distinct());
    }
}
