using System.Diagnostics;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class PhaseClockTests
{
    [Fact]
    public void TimeGoesToThePhaseThatIsMarkedNext()
    {
        var begun = Stopwatch.GetTimestamp();
        var clock = new PhaseClock();
        Thread.Sleep(30);
        clock.Mark("data");
        clock.Mark("student");
        var both = Stopwatch.GetElapsedTime(begun);
        Thread.Sleep(60);
        clock.Skip();
        clock.Mark("data");

        Assert.Equal(["data", "student"], clock.Seconds.Keys.Order(StringComparer.Ordinal));
        Assert.True(clock.Seconds["data"] >= .029, $"data took {clock.Seconds["data"]} s.");
        Assert.True(clock.Seconds["student"] <= both.TotalSeconds - .029, "The time before a mark is that phase's alone.");
        Assert.True(clock.TotalSeconds <= Stopwatch.GetElapsedTime(begun).TotalSeconds - .059, "What is skipped belongs to no phase.");
        Assert.Equal(clock.Seconds.Values.Sum(), clock.TotalSeconds, 1e-9);
    }

    // A finished run says the time that it said when it ended, though a checkpoint keeps it in seconds.
    [Fact]
    public void SecondsComeBackToTheTick()
    {
        var (clock, again) = (new PhaseClock(), new PhaseClock());
        foreach (var ticks in Enumerable.Range(1, 1000))
            clock.Add(new Dictionary<string, double> { [$"{ticks}"] = ticks / (double)Stopwatch.Frequency });

        again.Add(clock.Seconds);

        Assert.Equal(500_500 / (double)Stopwatch.Frequency, again.TotalSeconds);
        Assert.Equal(clock.Seconds, again.Seconds);
    }
}
