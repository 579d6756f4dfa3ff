namespace Samples.RetrainingApp.Storage;

/// <summary>Files that are whole when they have their name: written aside, flushed to the disk, then renamed.</summary>
internal static class DurableFile
{
    /// <summary>What the name of a file ends with that is still being written.</summary>
    public const string Unfinished = ".unfinished";

    public static void Write(string path, Action<Stream> write)
    {
        var aside = path + Unfinished;
        try
        {
            using (var stream = new FileStream(aside, FileMode.Create, FileAccess.ReadWrite))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }
}
