using Samples.Common.Drawing;

namespace Samples.Common.Images;

/// <summary>Makes a data set out of what the command line names: a folder, the content of a zip, or, where it names nothing, drawings.</summary>
internal static class DataSource
{
    private const int FewestForTraining = 40, FewestForTest = 20;

    /// <param name="data">A folder or a zip; null for drawings.</param>
    /// <param name="output">The folder of the sample's output, which drawings and unpacked images are kept under.</param>
    /// <param name="seed">Of the drawings, and of the split where a folder has none.</param>
    /// <param name="drawnForTraining">Drawings to learn from.</param>
    /// <param name="drawnForTest">Drawings to be judged on.</param>
    public static Dataset Open(
        string? data, string output, int seed, Action<string> say, CancellationToken cancellation = default, int drawnForTraining = 5000, int drawnForTest = 2000)
    {
        if (data is not { } path)
            return DatasetReader.Read(ShapeFiles.Once(output, seed, DemoShare.Of(drawnForTraining, FewestForTraining), DemoShare.Of(drawnForTest, FewestForTest), say, cancellation), "drawn shapes", seed);
        if (Directory.Exists(path))
            return DatasetReader.Read(path, new DirectoryInfo(path).Name, seed);
        if (!File.Exists(path))
            throw new FileNotFoundException($"--data '{path}': there is no such folder or zip file.");
        return DatasetReader.Read(DataFolder.Extract(path, output, DatasetReader.IsImage, say, cancellation), Path.GetFileNameWithoutExtension(path), seed);
    }
}
