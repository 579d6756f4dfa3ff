namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A folder of a test's own that goes with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("distillation-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Names of all that is in it.</summary>
    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(p => System.IO.Path.GetRelativePath(Path, p)).Order();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
