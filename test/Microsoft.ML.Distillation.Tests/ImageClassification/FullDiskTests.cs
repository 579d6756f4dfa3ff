namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>build/soak.sh disk: a limit on the size of a process's files stands for a full disk.</summary>
public class FullDiskTests
{
    [Fact]
    public async Task ARunWithNoRoomForCheckpointsComesThroughAndHarmsNone()
    {
        // It has no such limit.
        if (OperatingSystem.IsWindows())
            return;

        var said = await BenchmarkProcess.Run(TimeSpan.FromMinutes(3), "soak", "disk");

        Assert.Contains("came through with the same weights", said, StringComparison.Ordinal);
        Assert.Contains("was still good", said, StringComparison.Ordinal);
    }
}
