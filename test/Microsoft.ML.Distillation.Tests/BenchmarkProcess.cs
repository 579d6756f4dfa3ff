using System.Diagnostics;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>The benchmarks' programs, each run as a process of its own.</summary>
internal static class BenchmarkProcess
{
    /// <returns>What it said on its standard output; it must have ended well.</returns>
    public static Task<string> Run(TimeSpan patience, params string[] arguments) => RunProgram("Microsoft.ML.Distillation.Benchmarks", patience, arguments);

    /// <inheritdoc cref="Run"/>
    public static async Task<string> RunProgram(string name, TimeSpan patience, params string[] arguments)
    {
        // …/test/<this project>/bin/<mode>/<configuration>/<framework>/: the benchmarks are built beside.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration, mode) = (own.Name, own.Parent!.Name, own.Parent.Parent!.Name);
        var test = own.Parent.Parent.Parent!.Parent!.Parent!.FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(test, name, "bin", mode, configuration, framework, $"{name}.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(patience))
            process.Kill(entireProcessTree: true);
        var said = await output;
        Assert.True(process.ExitCode == 0, $"It ended with {process.ExitCode}: {await errors}{said}");
        return said;
    }
}
