using Microsoft.ML;
using Samples.Common;
using Samples.ObjectDetection.Drawing;

namespace Samples.ObjectDetection.Data;

/// <summary>Makes a folder of annotated images out of what the command line names: itself, the content of a zip, or drawings.</summary>
internal static class DataSource
{
    private const int DrawnForTraining = 600;
    private const int DrawnForTest = 150;

    public static Dataset Open(MLContext ml, SampleOptions options, Action<string> say, CancellationToken cancellation)
    {
        var reader = new DatasetReader(ml);
        if (options.Data is not { } path)
            return reader.Read(Draw(options, say, cancellation), "drawn scenes", options.Seed);
        if (Directory.Exists(path))
            return reader.Read(path, new DirectoryInfo(path).Name, options.Seed);
        if (!File.Exists(path))
            throw new FileNotFoundException($"--data '{path}': there is no such folder or zip file.");
        return reader.Read(DataFolder.Extract(path, options.Out, Folders.IsData, say, cancellation), Path.GetFileNameWithoutExtension(path), options.Seed);
    }

    private static string Draw(SampleOptions options, Action<string> say, CancellationToken cancellation)
        => DataFolder.Once(Path.Combine(options.Out, "data", $"scenes{ScenePainter.Version}-{options.Seed}-{DrawnForTraining}-{DrawnForTest}"), folder =>
        {
            say($"Drawing {DrawnForTraining + DrawnForTest} scenes.");
            SceneFiles.Write(Path.Combine(folder, "train"), DrawnForTraining, options.Seed, 1, cancellation);
            SceneFiles.Write(Path.Combine(folder, "test"), DrawnForTest, options.Seed, 2, cancellation);
        });
}
