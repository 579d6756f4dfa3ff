using Microsoft.ML.Distillation.Checkup;

namespace Microsoft.ML.Distillation.Tests.Checkup;

public class TeacherGainTests
{
    [Fact]
    public void ABetterTeacherIsNoWarning() => Assert.Equal(
        new CheckupFinding("teacher-gain", CheckupSeverity.Info, "The teacher is right on 90 % of 10000 images, the student alone on 80 % (difference +10 ± 0.5 points)."),
        TeacherGain.IsTeacherBetter(.9, [.8], 10_000)); // √((.09 + .16) / 10000) = .005

    // √((.09 + .09 + …) / n): the same difference on fewer images proves nothing.
    [Theory]
    [InlineData(.92, 10_000, false)]
    [InlineData(.92, 100, true)]
    [InlineData(.9, 10_000, true)]
    [InlineData(.85, 10_000, true)]
    public void ATeacherThatIsNotBetterIsAWarning(double teacher, int images, bool warned)
    {
        var finding = TeacherGain.IsTeacherBetter(teacher, [.9], images);

        Assert.Equal(warned ? CheckupSeverity.Warning : CheckupSeverity.Info, finding.Severity);
        Assert.Equal(warned, finding.Remedy is not null);
    }

    // Seeds .8 and .9: mean .85, variance .005, of the mean .0025, its root .05.
    [Fact]
    public void SeedsThatDisagreeMakeItLessSure()
    {
        Assert.Equal(CheckupSeverity.Info, TeacherGain.IsTeacherBetter(.92, [.85, .85], 1_000_000).Severity);
        var unsure = TeacherGain.IsTeacherBetter(.92, [.8, .9], 1_000_000);
        Assert.Equal(CheckupSeverity.Warning, unsure.Severity);
        Assert.EndsWith("the student alone on 85 % (difference +7 ± 5 points).", unsure.Measured, StringComparison.Ordinal);
    }

    // Seeds .3 and .34: mean .32, variance .0008, of the mean .0004, its root .02.
    [Theory]
    [InlineData(.40, false)]
    [InlineData(.35, true)]
    [InlineData(.20, true)]
    public void ADetectorMustBeMorePreciseByMoreThanTheSeedsSpread(double teacher, bool warned)
    {
        var finding = TeacherGain.IsTeacherMorePrecise(teacher, [.3, .34], 50);

        Assert.Equal(("teacher-gain", warned ? CheckupSeverity.Warning : CheckupSeverity.Info, warned), (finding.Code, finding.Severity, finding.Remedy is not null));
        Assert.Contains("on 50 images, the student alone 32 % (difference ", finding.Measured, StringComparison.Ordinal);
        Assert.EndsWith("± 2 points).", finding.Measured, StringComparison.Ordinal);
    }
}
