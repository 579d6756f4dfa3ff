namespace Samples.RetrainingApp.Storage;

/// <summary>The folder of all that the app keeps. One process at a time has it.</summary>
internal sealed class DataHome : IDisposable
{
    private readonly FileStream _lock;

    private DataHome(string path, FileStream held)
    {
        (Path, _lock) = (path, held);
        foreach (var folder in new[] { Images, Models, Runs, Keys })
            Directory.CreateDirectory(folder);
    }

    public string Path { get; }

    public string Images => In("images");

    public string Models => In("models");

    /// <summary>Checkpoints, a folder a run.</summary>
    public string Runs => In("runs");

    /// <summary>What anti-forgery tokens are signed with.</summary>
    public string Keys => In("keys");

    /// <exception cref="IOException">The folder can't be made, or another process has it.</exception>
    public static DataHome Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        try
        {
            return new DataHome(full, new FileStream(System.IO.Path.Combine(full, "app.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw new IOException($"--data '{path}' is in use by another process, or can't be written to: {error.Message} Give each app a folder of its own.", error);
        }
    }

    /// <summary>The checkpoints of a run.</summary>
    public string Run(long id) => System.IO.Path.Combine(Runs, FormattableString.Invariant($"{id}"));

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _lock.Dispose();
}
