using System.Security.Cryptography;

namespace Benchmarks.RetrainingApp;

/// <summary>Sees whether what serves is whole: files are those that were written, and a version always answers the same.</summary>
internal sealed class AppVersions(DirectoryInfo data)
{
    private static readonly byte[][] _images = [Drawings.Png("bar", 100_001), Drawings.Png("disc", 100_002), Drawings.Png("ring", 100_003), Drawings.Png("star", 100_004)];
    private readonly Dictionary<(long Version, int Image), AppAnswer> _known = [];
    private readonly HashSet<long> _seen = [];

    /// <summary>Versions there were.</summary>
    public int Count => _seen.Count;

    public int Answers { get; private set; }

    /// <returns>What is wrong; null for nothing.</returns>
    public async Task<string?> Check(AppClient client, AppState state)
    {
        foreach (var version in state.Versions)
        {
            _seen.Add(version.Id);
            // What was listed a moment ago may have been deleted since.
            if (version.Removed is null && Fault(version) is { } fault && (await client.State()).Versions.Single(now => now.Id == version.Id).Removed is null)
                return $"version {version.Id}: {fault}";
        }
        for (var i = 0; state.Service is not null && i < _images.Length; i++)
        {
            var answer = await client.Predict(_images[i]);
            if (!_known.TryAdd((answer.Version, i), answer) && !Same(_known[(answer.Version, i)], answer))
                return $"version {answer.Version} answered {answer}, and before {_known[(answer.Version, i)]}.";
            Answers++;
        }
        return null;
    }

    private string? Fault(AppVersion version)
    {
        var (zip, onnx) = (Path.Combine(data.FullName, "models", $"{version.File}.zip"), Path.Combine(data.FullName, "models", $"{version.File}.onnx"));
        if (!File.Exists(zip) || !File.Exists(onnx))
            return "a file is missing.";
        return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(zip))) == version.Hash ? null : $"'{zip}' is not the file that was written.";
    }

    private static bool Same(AppAnswer one, AppAnswer other) => one.Label == other.Label && one.Scores.SequenceEqual(other.Scores);
}
