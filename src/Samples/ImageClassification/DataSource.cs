using System.IO.Compression;
using Microsoft.ML.Data;
using Samples.ImageClassification.Drawing;

namespace Samples.ImageClassification;

/// <summary>Makes a folder of images out of what the command line names: itself, the content of a zip, or drawings.</summary>
internal static class DataSource
{
    private const int DrawnForTraining = 5000;
    private const int DrawnForTest = 2000;

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
                new ZipImages(archive, file.Length).ExtractTo(folder, cancellation);
            }
            // A compression this runtime lacks, or a directory that ends before its time, is the archive's fault too.
            catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException)
            {
                throw new InvalidDataException($"--data '{path}' can't be read as a zip file: {e.Message}", e);
            }
        });
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
