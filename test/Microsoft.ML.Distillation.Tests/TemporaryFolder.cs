namespace Microsoft.ML.Distillation.Tests;

/// <summary>An empty folder that is gone, with all that is in it, when it is disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("distillation-tests-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Names of all that is in it.</summary>
    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(p => System.IO.Path.GetRelativePath(Path, p)).Order();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
