using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.Distillation.Training;

namespace Benchmarks;

/// <summary>One measurement, a JSON object on a line of its own; the names are those of other programs' lines, so that both can be read together.</summary>
internal sealed record Measured(string Config, double? ImagesPerSecond = null)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public string? Student { get; init; }

    public string? Teacher { get; init; }

    public int? Batch { get; init; }

    /// <summary>From 1; medians of rounds side by side are what tells.</summary>
    public int? Round { get; init; }

    /// <summary>CPU threads of libtorch, or those that read.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether the real packages or the stand-ins of build/offline were measured: those say what they are in place of a version.</summary>
    public string Packages { get; init; } = Versions.All["TorchSharp"].StartsWith("offline", StringComparison.Ordinal) ? "offline" : "real";

    public string Machine { get; init; } = MachineName();

    /// <summary>Seconds of an epoch by what they went to.</summary>
    public IReadOnlyDictionary<string, double>? Phases { get; init; }

    /// <summary>What else was measured, by name.</summary>
    public IReadOnlyDictionary<string, double>? Figures { get; init; }

    public void Print() => Console.Out.WriteLine(JsonSerializer.Serialize(this, _json));

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string MachineName()
    {
        const string cpus = "/proc/cpuinfo";
        var model = File.Exists(cpus) ? File.ReadLines(cpus).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim() : null;
        return $"{model ?? $"{RuntimeInformation.ProcessArchitecture}"}, {Environment.ProcessorCount} cores, {RuntimeInformation.RuntimeIdentifier}";
    }
}
