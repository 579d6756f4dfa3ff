using System.Diagnostics;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A training process that is killed and started again ends with the weights of one that never was: build/soak.sh, in short.</summary>
public class KilledRunTests
{
    [Fact]
    public async Task AKilledProcessComesThrough()
    {
        // …/test/<this project>/bin/<mode>/<configuration>/<framework>/: the benchmarks are built beside.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration, mode) = (own.Name, own.Parent!.Name, own.Parent.Parent!.Name);
        var test = own.Parent.Parent.Parent!.Parent!.Parent!.FullName;
        const string name = "Microsoft.ML.Distillation.Benchmarks";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(test, name, "bin", mode, configuration, framework, $"{name}.dll"), "soak", "kill", "--kills", "3", "--inside", "1" })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
            process.Kill(entireProcessTree: true);

        var said = await output;
        Assert.True(process.ExitCode == 0, $"It ended with {process.ExitCode}: {await errors}{said}");
        Assert.Contains("each with the weights of the run that nobody killed.", said, StringComparison.Ordinal);
    }
}
