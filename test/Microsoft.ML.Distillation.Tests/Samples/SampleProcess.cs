using System.Diagnostics;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>A sample's program, run as a process of its own, as <c>build/sample.sh</c> runs it.</summary>
internal static class SampleProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <returns>The lines it said on its standard output; it must have ended well.</returns>
    public static async Task<string[]> Run(string sample, string workingFolder, params string[] arguments)
    {
        var (code, output, errors) = await Start(sample, workingFolder, arguments);
        Assert.True(code == 0, $"{sample} ended with {code}: {errors}{output}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Runs it as from a fresh clone, without arguments, on a small share of what it does then.</summary>
    /// <param name="artifacts">The folder to write under.</param>
    /// <returns>The lines it said on its standard output; it must have ended well.</returns>
    public static async Task<string[]> Demonstrate(string sample, string artifacts)
    {
        var (code, output, errors) = await Start(sample, artifacts, [], ("SAMPLE_ARTIFACTS", artifacts), ("SAMPLE_SHARE", ".01"));
        Assert.True(code == 0, $"{sample} ended with {code}: {errors}{output}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <returns>What it said on its standard error; it must have refused.</returns>
    public static async Task<string> Refuse(string sample, string workingFolder, params string[] arguments)
    {
        var (code, output, errors) = await Start(sample, workingFolder, arguments);
        Assert.True(code == 2, $"{sample} ended with {code}: {errors}{output}");
        return errors.TrimEnd();
    }

    public static async Task<(int Code, string Output, string Errors)> Start(string sample, string workingFolder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingFolder };
        start.ArgumentList.Add(Checkout.Program(Path.Combine("src", "Samples", sample)));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
            process.Kill(entireProcessTree: true);
        return (process.ExitCode, await output, await errors);
    }
}
