using Microsoft.ML;
using Samples.Common;
using Samples.Common.Drawing;

namespace Samples.ObjectDetection.Data;

/// <summary>Makes a folder of annotated images out of what the command line names: itself, the content of a zip, or drawings.</summary>
internal static class DataSource
{
    private const int DrawnForTraining = 600;
    private const int DrawnForTest = 150;
    private const int Fewest = 8;

    public static Dataset Open(MLContext ml, SampleOptions options, Action<string> say, CancellationToken cancellation)
    {
        var reader = new DatasetReader(ml);
        if (options.Data is not { } path)
            return reader.Read(SceneFiles.Once(options.Out, options.Seed, DemoShare.Of(DrawnForTraining, Fewest), DemoShare.Of(DrawnForTest, Fewest), say, cancellation), "drawn scenes", options.Seed);
        if (Directory.Exists(path))
            return reader.Read(path, new DirectoryInfo(path).Name, options.Seed);
        if (!File.Exists(path))
            throw new FileNotFoundException($"--data '{path}': there is no such folder or zip file.");
        return reader.Read(DataFolder.Extract(path, options.Out, Folders.IsData, say, cancellation), Path.GetFileNameWithoutExtension(path), options.Seed);
    }
}
