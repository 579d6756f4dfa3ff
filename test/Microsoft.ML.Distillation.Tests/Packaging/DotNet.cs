using System.Diagnostics;

namespace Microsoft.ML.Distillation.Tests.Packaging;

/// <summary>The SDK's own commands, as a developer would type them.</summary>
internal static class DotNet
{
    /// <summary>Whether these tests were built against build/offline.</summary>
    public static bool IsOffline => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Name == "offline";

    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The repository's own folder.</summary>
    public static string Root { get; } = Find();

    /// <returns>The exit code, and what it said on both its outputs.</returns>
    public static (int Code, string Said) Run(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // What lives on after the command would keep its outputs open, and this test waiting.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        // Those of the test's own process speak of another project.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && k != "MSBUILDDISABLENODEREUSE").ToList())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
            process.Kill(entireProcessTree: true);
        return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Distillation.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Distillation.sln above the tests");
        return folder;
    }
}
