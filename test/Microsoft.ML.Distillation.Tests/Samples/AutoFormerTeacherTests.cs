using System.Diagnostics;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>The sample that needs a package which nothing offline stands in for.</summary>
public class AutoFormerTeacherTests
{
    [Fact]
    public async Task ItIsBuiltFromTheRealPackagesAndLeftOutInALineElsewhere()
    {
        using var folder = new TemporaryFolder();
        if (Checkout.Mode == "real")
            Assert.StartsWith("error: Usage: build/sample.sh AutoFormerTeacher", await SampleProcess.Refuse("AutoFormerTeacher", folder.Path, "one"), StringComparison.Ordinal);
        else
            Assert.StartsWith("error: AutoFormerTeacher is left out here: it needs packages that ", await Script("autoformer"), StringComparison.Ordinal);
    }

    /// <returns>What <c>build/sample.sh</c> says on its standard error; it must have failed.</returns>
    private static async Task<string> Script(string sample)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Checkout.Root, "build", "sample.sh"));
        start.ArgumentList.Add(sample);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
            process.Kill(entireProcessTree: true);
        Assert.True(process.ExitCode == 1, $"It ended with {process.ExitCode}: {await output}{await errors}");
        return await errors;
    }
}
