namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Memory and handles stay flat over many steps and predictions, and every score is right: build/soak.sh run, in short.</summary>
public class LongRunTests
{
    [Fact]
    public async Task MemoryStaysFlatAndEveryScoreIsRight()
    {
        var said = await BenchmarkProcess.Run(TimeSpan.FromMinutes(3), "soak", "run", "--steps", "2000", "--predictions", "5000");

        // A thread that is late may find an engine that another one gave back: there may be fewer than threads, never more.
        Assert.Matches("Predictions: 5000 from 4 threads through [1-4] engines", said);
        Assert.Contains("Memory and handles stayed flat, and every score was right.", said, StringComparison.Ordinal);
    }
}
