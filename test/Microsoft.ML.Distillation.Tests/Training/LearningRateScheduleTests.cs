using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Training;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, .1)] // (0 + 1) of 10 warm-up steps
    [InlineData(4, .5)]
    [InlineData(9, 1)]
    [InlineData(10, 1)] // the cosine begins at its top
    [InlineData(20, .75)] // a third of the way: ½(1 + cos 60°)
    [InlineData(25, .5)]
    [InlineData(30, .25)]
    [InlineData(40, 0)]
    [InlineData(99, 0)]
    public void WarmUpThenCosineHasTheseValues(long step, double expected) =>
        Assert.Equal(expected, new WarmUpCosine().Factor(step, stepsPerEpoch: 10, epochs: 4), 1e-12);

    [Fact]
    public void WarmUpThenCosineIsTheUsualRecipe()
    {
        // One epoch up, then half a cosine to 0, step by step, as distillation scripts in PyTorch write it.
        const int PerEpoch = 7, Epochs = 5, Steps = PerEpoch * Epochs;
        for (var step = 0; step < Steps; step++)
        {
            var expected = step < PerEpoch ? (step + 1) / (double)PerEpoch : .5 * (1 + Math.Cos(Math.PI * (step - PerEpoch) / (Steps - PerEpoch)));
            Assert.Equal(expected, new WarmUpCosine().Factor(step, PerEpoch, Epochs), 1e-12);
        }
    }

    [Theory]
    [InlineData(1, 1, 0, 1)] // a run of one epoch has no warm-up
    [InlineData(1, 1, 5, .5)]
    [InlineData(0, 4, 0, 1)]
    [InlineData(2, 4, 19, 1)]
    [InlineData(2, 4, 30, .5)]
    public void WarmUpEpochsMayDiffer(int warmUp, int epochs, long step, double expected) =>
        Assert.Equal(expected, new WarmUpCosine { WarmUpEpochs = warmUp }.Factor(step, 10, epochs), 1e-12);

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(25, .505)] // half-way from 1 to .01
    [InlineData(40, .01)]
    public void TheCosineMayEndAboveZero(long step, double expected) =>
        Assert.Equal(expected, new WarmUpCosine { FinalFactor = .01 }.Factor(step, stepsPerEpoch: 10, epochs: 4), 1e-12);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(149, 1)]
    [InlineData(150, .1)]
    [InlineData(180, .01)]
    [InlineData(239, .001)]
    public void StepDecayDividesAtItsMilestones(int epoch, double expected)
    {
        Assert.Equal(expected, new StepDecay().Factor(epoch * 20L, 20, 240), 1e-12);
        Assert.Equal(expected, new StepDecay().Factor(epoch * 20L + 19, 20, 240), 1e-12);
    }

    [Fact]
    public void StepDecayTakesItsOptions() =>
        Assert.Equal([1, 1, .5, .25], Enumerable.Range(0, 4).Select(epoch => new StepDecay { Milestones = [2, 3], Gamma = .5 }.Factor(epoch, 1, 4)));

    [Fact]
    public void TheConstantRateIsConstant() => Assert.Equal([1.0, 1.0], new[] { 0L, 99L }.Select(step => new ConstantRate().Factor(step, 10, 10)));

    public static TheoryData<LearningRateSchedule, int, string> Wrong => new()
    {
        { new WarmUpCosine { FinalFactor = 1.5 }, 4, "Schedule.FinalFactor is 1.5; it must be 0 to 1." },
        { new WarmUpCosine { WarmUpEpochs = -1 }, 5, "Schedule.WarmUpEpochs is -1; it must be 0 or more and below Epochs (5)." },
        { new WarmUpCosine { WarmUpEpochs = 5 }, 5, "Schedule.WarmUpEpochs is 5; it must be 0 or more and below Epochs (5)." },
        { new StepDecay { Gamma = 0 }, 240, "Schedule.Gamma is 0; it must be above 0 and at most 1." },
        { new StepDecay { Gamma = 1.5 }, 240, "Schedule.Gamma is 1.5; it must be above 0 and at most 1." },
        { new StepDecay { Gamma = double.NaN }, 240, "Schedule.Gamma is NaN; it must be above 0 and at most 1." },
        { new StepDecay { Milestones = [3, 3] }, 5, "Schedule.Milestones are 3, 3; they must ascend." },
        {
            new StepDecay(), 150,
            "Schedule.Milestones are 150, 180, 210, and the run has 150 epochs, so that the rate would never fall: give milestones below Epochs (the default's lie at 5/8, 3/4 and 7/8 of 240 epochs), or take ConstantRate."
        },
        { new StepDecay { Milestones = null! }, 5, "Schedule.Milestones is null; give the epochs, or an empty list." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void OptionsOutOfRangeAreFaults(LearningRateSchedule schedule, int epochs, string fault) => Assert.Equal(
        $"x: {fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => Check(schedule, epochs)).Message);

    [Fact]
    public void OptionsInRangeAreNone()
    {
        Check(new WarmUpCosine(), 1);
        Check(new WarmUpCosine { WarmUpEpochs = 0 }, 3);
        Check(new WarmUpCosine { WarmUpEpochs = 2 }, 3);
        Check(new StepDecay { Milestones = [] }, 3);
        Check(new StepDecay(), 151);
        Check(new ConstantRate(), 1);
    }

    [Fact]
    public void SchedulesDescribeThemselves() => Assert.Equal(
        ["1 warm-up epochs, cosine to 0", "×0.1 at epochs 150, 180, 210", "constant"],
        new LearningRateSchedule[] { new WarmUpCosine(), new StepDecay(), new ConstantRate() }.Select(s => $"{s}"));

    private static void Check(LearningRateSchedule schedule, int epochs)
    {
        var faults = new Faults("x");
        schedule.Validate(faults, epochs);
        faults.ThrowIfAny("p");
    }
}
