using System.IO.Compression;
using Microsoft.ML.Data;
using Samples.ImageClassification.Drawing;

namespace Samples.ImageClassification;

/// <summary>Makes a folder of images out of what the command line names: itself, the content of a zip, or drawings.</summary>
internal static class DataSource
{
    private const int DrawnForTraining = 5000;
    private const int DrawnForTest = 2000;

    // What an archive may unpack to: well above any image set that trains on one machine.
    private const long MostBytes = 64L << 30;
    private const int MostFiles = 5_000_000;

    public static Dataset Open(SampleOptions options, Action<string> say, CancellationToken cancellation)
    {
        if (options.Data is not { } path)
            return DatasetReader.Read(Draw(options, say, cancellation), "drawn shapes", options.Seed);
        if (Directory.Exists(path))
            return DatasetReader.Read(path, new DirectoryInfo(path).Name, options.Seed);
        if (!File.Exists(path))
            throw new FileNotFoundException($"--data '{path}': there is no such folder or zip file.");
        return DatasetReader.Read(Extract(path, options.Out, say, cancellation), Path.GetFileNameWithoutExtension(path), options.Seed);
    }

    private static string Draw(SampleOptions options, Action<string> say, CancellationToken cancellation)
        => Once(Path.Combine(options.Out, "data", $"drawn{Painter.Version}-{options.Seed}-{DrawnForTraining}-{DrawnForTest}"), folder =>
        {
            say($"Drawing {DrawnForTraining + DrawnForTest} images.");
            DrawSplit(Path.Combine(folder, "train"), DrawnForTraining, options.Seed, 1, cancellation);
            DrawSplit(Path.Combine(folder, "test"), DrawnForTest, options.Seed, 2, cancellation);
        });

    private static void DrawSplit(string folder, int count, int seed, ulong stream, CancellationToken cancellation)
    {
        foreach (var shape in Shapes.All)
            Directory.CreateDirectory(Path.Combine(folder, shape.Name));
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            var shape = i % Shapes.All.Length;
            var pixels = Painter.Paint(shape, (ulong)seed, stream, (ulong)i);
            using var image = MLImage.CreateFromPixels(Painter.Size, Painter.Size, MLPixelFormat.Rgba32, pixels);
            image.Save(Path.Combine(folder, Shapes.All[shape].Name, $"{i:00000}.png"));
        });
    }

    private static string Extract(string path, string output, Action<string> say, CancellationToken cancellation)
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
                ExtractImages(archive, folder, cancellation);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"--data '{path}' can't be read as a zip file: {e.Message}", e);
            }
        });
    }

    private static void ExtractImages(ZipArchive archive, string folder, CancellationToken cancellation)
    {
        var files = 0;
        var left = MostBytes;
        var inside = folder + Path.DirectorySeparatorChar;
        foreach (var entry in archive.Entries.Where(entry => DatasetReader.IsImage(entry.FullName)))
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.GetFullPath(Path.Combine(folder, entry.FullName.Replace('\\', '/')));
            if (!target.StartsWith(inside, StringComparison.Ordinal))
                throw new InvalidDataException($"its entry '{entry.FullName}' points out of the archive.");
            if (++files > MostFiles)
                throw new InvalidDataException($"it holds more than {MostFiles:N0} images.");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var from = entry.Open();
            using var to = File.Create(target);
            left = CopyAtMost(from, to, left);
        }
    }

    // Sizes in an archive's directory may lie, so the bytes themselves are counted.
    private static long CopyAtMost(Stream from, Stream to, long left)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            left -= read;
            if (left < 0)
                throw new InvalidDataException($"it unpacks to more than {MostBytes >> 30} GiB.");
            to.Write(buffer.AsSpan(0, read));
        }
        return left;
    }

    // A folder that has its final name is complete: one made in a run that was stopped is made anew.
    private static string Once(string folder, Action<string> make)
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
