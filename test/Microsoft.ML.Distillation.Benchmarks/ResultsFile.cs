using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.Distillation;

namespace Benchmarks;

/// <summary>One run of one method, as a line of the results file.</summary>
internal sealed record MethodResult
{
    /// <summary>What must be equal for two runs to be comparable: data, images, student, teacher, epochs, batch.</summary>
    public required string Setting { get; init; }

    public required string Method { get; init; }

    public required int Seed { get; init; }

    /// <summary>Of a classifier's last epoch, on the test images; null for a run that failed.</summary>
    public double? Accuracy { get; init; }

    /// <summary>A detector's mean average precision (mAP 50) on the test images; null for a run that failed.</summary>
    [JsonPropertyName("mAP50")]
    public double? Precision50 { get; init; }

    /// <summary>The same over all IoU thresholds (mAP 50:95).</summary>
    [JsonPropertyName("mAP")]
    public double? Precision { get; init; }

    /// <summary>Size of the student's file.</summary>
    public long? ModelBytes { get; init; }

    /// <summary>Of one image in ONNX Runtime on the CPU.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Of 32 images together.</summary>
    public double? BatchLatencyMs { get; init; }

    public double? SecondsPerEpoch { get; init; }

    public double? ImagesPerSecond { get; init; }

    /// <summary>Why the run failed.</summary>
    public string? Fault { get; init; }

    public string? Versions { get; init; }

    /// <summary>With what a training's own report tells.</summary>
    public MethodResult Of(TrainingReport report) => this with
    {
        SecondsPerEpoch = report.SecondsPerEpoch,
        ImagesPerSecond = report.ImagesPerSecond,
        Versions = string.Join(", ", report.Versions.Select(version => $"{version.Key} {version.Value}")),
    };
}

/// <summary>Results, a JSON object a line: what is there is not run again, so a benchmark can be stopped and gone on with.</summary>
internal sealed class ResultsFile
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly string _path;
    private readonly List<MethodResult> _results;

    public ResultsFile(string path)
    {
        _path = path;
        // A line cut short by a kill is not a result.
        _results = File.Exists(path) ? [.. File.ReadLines(path).Select(Read).OfType<MethodResult>()] : [];
    }

    /// <summary>Makes its folder where there is none.</summary>
    public static ResultsFile Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new ResultsFile(path);
    }

    public MethodResult? Find(string setting, string method, int seed) =>
        _results.FirstOrDefault(r => r.Setting == setting && r.Method == method && r.Seed == seed);

    public void Add(MethodResult result)
    {
        _results.Add(result);
        using var stream = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            var complete = stream.ReadByte() == '\n';
            if (!complete)
                stream.WriteByte((byte)'\n');
        }
        JsonSerializer.Serialize(stream, result, _json);
        stream.WriteByte((byte)'\n');
        stream.Flush(flushToDisk: true);
    }

    private static MethodResult? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<MethodResult>(line, _json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
