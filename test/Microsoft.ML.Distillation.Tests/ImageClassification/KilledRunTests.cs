namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A training process that is killed and started again ends with the weights of one that never was: build/soak.sh kill, in short.</summary>
public class KilledRunTests
{
    [Fact]
    public async Task AKilledProcessComesThrough()
    {
        var said = await BenchmarkProcess.Run(TimeSpan.FromMinutes(3), "soak", "kill", "--kills", "3", "--inside", "1");

        Assert.Contains("each with the weights of the run that nobody killed.", said, StringComparison.Ordinal);
    }
}
