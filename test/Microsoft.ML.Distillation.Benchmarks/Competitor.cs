using System.Diagnostics;
using System.Text.Json;

namespace Benchmarks;

/// <summary>Another program that measures the same and prints it likewise.</summary>
internal static class Competitor
{
    /// <returns>Configuration, images a second and the line itself, as they come.</returns>
    /// <exception cref="InvalidOperationException">The program failed.</exception>
    public static IEnumerable<(string Config, double ImagesPerSecond, string Line)> Run(string command, CancellationToken cancellation)
    {
        var parts = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var process = Process.Start(new ProcessStartInfo(parts[0], parts[1..]) { RedirectStandardOutput = true })!;
        using var stop = cancellation.Register(process.Kill);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith('{'))
                continue;
            using var read = JsonDocument.Parse(line);
            yield return (read.RootElement.GetProperty("config").GetString()!, read.RootElement.GetProperty("imagesPerSecond").GetDouble(), line);
        }
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.");
    }
}
