namespace Microsoft.ML.Distillation.Tests;

/// <summary>The benchmarks of kernels run, and what they make is gone afterwards.</summary>
public class KernelsTests
{
    [Fact]
    public async Task EveryKernelRunsAndLeavesNoTensorsBehind()
    {
        var said = await BenchmarkProcess.RunProgram("Microsoft.ML.Distillation.Kernels", TimeSpan.FromMinutes(3), "--quick");

        Assert.Contains("KnowledgeDistillation", said, StringComparison.Ordinal);
        Assert.EndsWith("kernels ran, and left no tensors behind.", said.TrimEnd(), StringComparison.Ordinal);
    }
}
