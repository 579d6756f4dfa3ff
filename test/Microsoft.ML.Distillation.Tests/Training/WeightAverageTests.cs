using Microsoft.ML.Distillation.Training;
using static Microsoft.ML.Distillation.Tests.Training.Loops;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class WeightAverageTests
{
    private static readonly TrainingSettings Plain = Settings with { Epochs = 2, Schedule = new ConstantRate() };

    [Theory]
    [InlineData(.9, 0)]
    [InlineData(.999, 3)]
    public void ItIsTheDocumentedMeanOfEveryStepsWeights(double decay, double warmUp)
    {
        // The weights before each step, seen where its loss is computed, and those after the last.
        var seen = new List<float[]>();
        ScriptedTask? task = null;
        using var observed = new ScriptedTask(loss: (_, _, loss) =>
        {
            seen.Add(task!.Weights);
            return loss;
        });
        task = observed;
        RunTask(Plain, observed);
        seen.Add(observed.Weights);
        var mean = seen[0].Doubles();
        for (var t = 1; t < seen.Count; t++)
        {
            var d = warmUp == 0 ? decay : decay * (1 - Math.Exp(-t / warmUp));
            mean = [.. mean.Zip(seen[t], (m, w) => d * m + (1 - d) * w)];
        }

        using var averaged = new ScriptedTask();
        RunTask(Plain with { WeightAverage = new() { Decay = decay, WarmUpSteps = warmUp } }, averaged);

        Assert.Equal(7, seen.Count);
        Numbers.Within(mean, averaged.Weights.Doubles(), 1e-6);
        Assert.NotEqual(seen[^1], averaged.Weights);
    }

    // Equal scores: the last epoch's weights are returned, which are those that were measured.
    [Fact]
    public void WhatIsMeasuredIsWhatIsReturnedAndTrainingGoesOnWithTheWeightsThemselves()
    {
        using var plain = new ScriptedTask(measured: [1, 1]);
        using var averaged = new ScriptedTask(measured: [1, 1]);

        var expected = RunTask(Plain, plain);
        var history = RunTask(Plain with { WeightAverage = new() { Decay = .9, WarmUpSteps = 0 } }, averaged);

        Assert.Equal(expected.Terms, history.Terms);
        Assert.NotEqual(plain.Validated[0], averaged.Validated[0]);
        Assert.Equal(averaged.Validated[1], averaged.Weights);
    }

    [Fact]
    public void BatchNormsStatisticsAreTheStudentsOwn()
    {
        var plain = Run(Settings);
        var averaged = Run(Settings with { WeightAverage = new() { Decay = .9, WarmUpSteps = 0 } });

        Assert.All(plain.Weights.Keys, name => Assert.Equal(name.Contains("running", StringComparison.Ordinal), plain.Weights[name].SequenceEqual(averaged.Weights[name])));
    }
}
