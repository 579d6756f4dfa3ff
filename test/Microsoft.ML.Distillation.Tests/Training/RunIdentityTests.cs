using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class RunIdentityTests
{
    private static readonly Dictionary<string, string> Identity = new() { ["Seed"] = "1", ["Teacher"] = "a module" };

    // A hundredth of the largest value is what devices and versions of a library may differ by.
    [Theory]
    [InlineData(10, .5, true)]
    [InlineData(10.09, .41, true)]
    [InlineData(10.2, .5, false)]
    [InlineData(10, .7, false)]
    public void ATeacherThatIsKnownByItsNameAloneIsKnownByWhatItSays(double first, double second, bool same)
    {
        var differences = RunIdentity.Differences(Then([10, .5]), Identity, [first, second]);

        Assert.Equal(same ? [] : ["Teacher: it answers otherwise than the one of that name did then."], differences);
    }

    [Fact]
    public void WhatDiffersIsNamedThenAndNow() => Assert.Equal(
        ["Seed: '1' then, '2' now.", "Loss: 'not there' then, 'mean' now.", "Teacher: 'a module' then, 'not there' now."],
        RunIdentity.Differences(Then([1]), new Dictionary<string, string> { ["Seed"] = "2", ["Loss"] = "mean" }, []));

    private static Checkpoint Then(double[] sample) => new(Identity, sample, new Dictionary<string, string>(), new TrainingRecord(), []);
}
