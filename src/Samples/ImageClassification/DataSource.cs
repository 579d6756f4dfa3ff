using Microsoft.ML.Data;
using Samples.Common;
using Samples.Common.Drawing;
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
        return DatasetReader.Read(DataFolder.Extract(path, options.Out, DatasetReader.IsImage, say, cancellation), Path.GetFileNameWithoutExtension(path), options.Seed);
    }

    private static string Draw(SampleOptions options, Action<string> say, CancellationToken cancellation)
        => DataFolder.Once(Path.Combine(options.Out, "data", $"drawn{Painter.Version}-{options.Seed}-{DrawnForTraining}-{DrawnForTest}"), folder =>
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
}
