using Microsoft.ML.Data;

namespace Samples.Common.Drawing;

/// <summary>Writes drawings as a data set of class-named folders, so that drawn images take the way of all others.</summary>
internal static class ShapeFiles
{
    /// <summary>The folder of that many drawings, <c>train/</c> and <c>test/</c>, drawn unless it is there.</summary>
    public static string Once(string output, int seed, int training, int test, Action<string> say, CancellationToken cancellation)
        => DataFolder.Once(Path.Combine(output, "data", $"drawn{Painter.Version}-{seed}-{training}-{test}"), folder =>
        {
            say($"Drawing {training + test} images.");
            Write(Path.Combine(folder, "train"), training, seed, 1, cancellation);
            Write(Path.Combine(folder, "test"), test, seed, 2, cancellation);
        });

    /// <param name="count">Images, as many of one class as of another.</param>
    /// <param name="stream">Drawings of another stream are others.</param>
    public static void Write(string folder, int count, int seed, ulong stream, CancellationToken cancellation)
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
