using System.Security.Cryptography;

namespace Benchmarks.RetrainingApp;

/// <summary>Sees whether what serves is whole: files are those that were written, and a version always answers the same.</summary>
internal sealed class SoakedVersions(DirectoryInfo data, ISoakedTask task)
{
    // Others than those of whoever corrects.
    private readonly byte[][] _images = [.. Enumerable.Range(100_000, 4).Select(task.Image)];
    private readonly Dictionary<(long Version, int Image), string> _known = [];
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
            var (version, said) = await task.Ask(client, _images[i]);
            if (!_known.TryAdd((version, i), said) && _known[(version, i)] != said)
                return $"version {version} answered {said}, and before {_known[(version, i)]}.";
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
}
