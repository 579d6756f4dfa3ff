namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>Short forms of <c>build/soak.sh app --uploads</c> and <c>--kills</c>.</summary>
[Collection(nameof(NoParallelization))]
public class AppSoakTests
{
    [Fact]
    public async Task AFloodOfUploadsIsKeptToTheLimit()
    {
        var said = await BenchmarkProcess.Run(TimeSpan.FromMinutes(5), "soak", "app", "--uploads", "1000", "--limit", "100");

        Assert.Contains("100 in the database, 100 files", said, StringComparison.Ordinal);
        Assert.Contains("a new image: 501 × 507 InsufficientStorage", said, StringComparison.Ordinal);
        Assert.Contains("a page called .jpg: 100 × 415 UnsupportedMediaType", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classification", 4)]
    [InlineData("detection", 3)]
    public async Task NothingIsLostByKills(string task, int kills)
    {
        var said = await BenchmarkProcess.Run(TimeSpan.FromMinutes(5), "soak", "app", "--kills", $"{kills}", "--task", task, "--seed", "2");

        Assert.Contains($"{kills} kills in ", said, StringComparison.Ordinal);
        Assert.Contains("corrections that were answered are there", said, StringComparison.Ordinal);
    }
}
