using System.IO.Compression;

namespace Samples.Common;

/// <summary>Folders of data that a sample makes for itself, once.</summary>
internal static class DataFolder
{
    /// <summary>Unpacks a zip from the command line.</summary>
    /// <param name="output">The folder of the sample's output, under which it is unpacked.</param>
    /// <param name="wanted">Whether a file of that path is unpacked.</param>
    /// <returns>The folder it was unpacked to, now or before.</returns>
    /// <exception cref="InvalidDataException">It can't be read as a zip, or not safely.</exception>
    public static string Extract(string path, string output, Func<string, bool> wanted, Action<string> say, CancellationToken cancellation)
    {
        var file = new FileInfo(path);
        // Another file, or the same one changed, gets another folder.
        var name = $"{Path.GetFileNameWithoutExtension(path)}-{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}";
        return Once(Path.Combine(output, "data", name), folder =>
        {
            say($"Unpacking {file.Name}.");
            try
            {
                using var archive = ZipFile.OpenRead(path);
                new ZipFiles(archive, file.Length, wanted).ExtractTo(folder, cancellation);
            }
            // A compression this runtime lacks, or a directory that ends before its time, is the archive's fault too.
            catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException)
            {
                throw new InvalidDataException($"--data '{path}' can't be read as a zip file: {e.Message}", e);
            }
        });
    }

    /// <summary>Makes a folder unless it is there. One that has its final name is complete: one made in a run that was stopped is made anew.</summary>
    /// <returns>Its full path.</returns>
    public static string Once(string folder, Action<string> make)
    {
        var complete = Path.GetFullPath(folder);
        if (Directory.Exists(complete))
            return complete;
        var partial = complete + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        try
        {
            make(partial);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
        Directory.Move(partial, complete);
        return complete;
    }
}
