namespace Benchmarks;

/// <summary>A temporary folder that is gone afterwards.</summary>
internal sealed class SoakFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distillation-soak-");

    /// <summary>Where a run's checkpoints go; not there yet.</summary>
    public string Run => Path.Combine(_folder.FullName, "run");

    public void Dispose() => _folder.Delete(recursive: true);
}
