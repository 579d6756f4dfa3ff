using System.IO.Compression;

namespace Samples.Common;

/// <summary>
/// Unpacks what a zip has of data, and the zip is a file from elsewhere: it may hold too much, claim wrong sizes, or name files outside of the folder it is unpacked to.
/// Whatever is wrong with it is an <see cref="InvalidDataException"/>, a clause for after the file's name.
/// </summary>
/// <param name="wanted">Whether a file of that path is unpacked; all others are left.</param>
/// <param name="mostFiles">The most files it may hold that are wanted.</param>
internal sealed class ZipFiles(ZipArchive archive, long archiveBytes, Func<string, bool> wanted, int mostFiles = 5_000_000)
{
    // What an archive may unpack to: well above any image set that trains on one machine.
    private const long MostBytes = 64L << 30;

    // Images are compressed as they are: only drawings and BMP files shrink to a hundredth. Small archives may do so freely.
    private const long MostTimes = 100;
    private const long FreeBytes = 64L << 20;

    // Longer paths can't be written on every system, and no data set has them.
    private const int LongestName = 1024;

    private const int FileTypeMask = 0xF000, SymbolicLink = 0xA000;

    private readonly long _most = Math.Min(MostBytes, FreeBytes + MostTimes * archiveBytes);

    public void ExtractTo(string folder, CancellationToken cancellation)
    {
        var left = _most;
        foreach (var (entry, target) in Targets(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var from = entry.Open();
            using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
            var sum = new Crc32();
            left = CopyAtMost(from, to, left, sum);
            if (sum.Value != entry.Crc32)
                throw new InvalidDataException($"its entry '{entry.FullName}' is damaged: the checksum is wrong.");
        }
    }

    /// <summary>Every file that is wanted with the one it becomes. All are looked at before the first is written.</summary>
    private List<(ZipArchiveEntry Entry, string Target)> Targets(string folder)
    {
        var files = new List<(ZipArchiveEntry Entry, string Target)>();
        var taken = new HashSet<string>(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        var claimed = 0m;
        foreach (var entry in archive.Entries)
        {
            var target = Target(folder, entry.FullName);
            if (!wanted(target))
                continue;
            if (((entry.ExternalAttributes >> 16) & FileTypeMask) == SymbolicLink)
                throw new InvalidDataException($"its entry '{entry.FullName}' is a symbolic link; only files are unpacked.");
            if (entry.IsEncrypted)
                throw new InvalidDataException($"its entry '{entry.FullName}' is encrypted; unpack it yourself and give the folder.");
            if (!taken.Add(target))
                throw new InvalidDataException($"it has two entries that become '{Path.GetRelativePath(folder, target)}'.");
            if (taken.Count > mostFiles)
                throw new InvalidDataException($"it holds more than {mostFiles:N0} files to unpack.");
            claimed += entry.Length;
            files.Add((entry, target));
        }
        foreach (var (entry, target) in files)
        {
            for (var parent = Path.GetDirectoryName(target)!; parent.Length > folder.Length; parent = Path.GetDirectoryName(parent)!)
            {
                if (taken.Contains(parent))
                    throw new InvalidDataException($"its entry '{entry.FullName}' lies in '{Path.GetRelativePath(folder, parent)}', which is a file in it.");
            }
        }
        return claimed <= _most ? files : throw TooMuch(claimed);
    }

    private static string Target(string folder, string name)
    {
        // Backslashes divide names in archives made on Windows.
        var path = name.Replace('\\', '/');
        if (path.Length > LongestName)
            throw new InvalidDataException($"it has an entry with a name of {path.Length} characters ('{path[..40]}…').");
        var inside = folder + Path.DirectorySeparatorChar;
        // A colon stands in drive letters and alternate streams, and in no image's name on Windows.
        if (path.StartsWith('/') || path.Contains(':') || path.Any(char.IsControl) || path.Split('/').Contains("..") || !Path.GetFullPath(Path.Combine(folder, path)).StartsWith(inside, StringComparison.Ordinal))
            throw new InvalidDataException($"its entry '{name}' points out of the archive, or can't be the name of a file.");
        return Path.GetFullPath(Path.Combine(folder, path));
    }

    // Sizes in an archive's directory may lie, so the bytes themselves are counted.
    private long CopyAtMost(Stream from, Stream to, long left, Crc32 sum)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            left -= read;
            if (left < 0)
                throw TooMuch(_most + 1);
            sum.Add(buffer.AsSpan(0, read));
            to.Write(buffer.AsSpan(0, read));
        }
        return left;
    }

    private InvalidDataException TooMuch(decimal bytes) => new(
        $"its {archiveBytes:N0} bytes unpack to {bytes:N0} bytes or more, and {_most:N0} are allowed ({MostTimes} times its size, {MostBytes >> 30} GiB at most): it may be made to fill disks. If not, unpack it yourself and give the folder.");
}
