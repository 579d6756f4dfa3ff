namespace Microsoft.ML.Distillation.Common;

/// <summary>Writes files that appear whole or not at all: a temporary file beside the target, flushed, then renamed over it.</summary>
internal static class WholeFile
{
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"'{path}' is no path of a file.", nameof(path));
        if (Directory.Exists(full))
            throw new IOException($"'{path}' is a folder; give the path of a file.");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (IOException error)
        {
            throw new IOException($"'{path}' can't be written: its folder '{folder}' can't be made, because part of that path is a file. Choose another folder.", error);
        }
        var temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw FileLimit.Reached(error);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
