namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>A short form of <c>build/soak.sh app</c>.</summary>
[Collection(nameof(NoParallelization))]
public class SwapTests
{
    [Fact]
    public async Task NoRequestFailsWhileModelsAreSwapped()
    {
        var said = await BenchmarkProcess.Run(TimeSpan.FromMinutes(5), "soak", "app", "--requests", "3000", "--clients", "8", "--swaps", "5");

        Assert.Contains("3000 answers to 8 clients over 5 swaps", said, StringComparison.Ordinal);
    }
}
