namespace Samples.RetrainingApp;

/// <summary>What the command line and the environment say.</summary>
internal sealed class AppOptions
{
    public bool Help { get; set; }

    /// <summary>The folder of the database, the images and the models.</summary>
    public string Data { get; set; } = Common.OutputFolder.Default("retraining");

    /// <summary>Class-named folders of images to start with; null for drawings.</summary>
    public string? Images { get; set; }

    /// <summary>Drawings to start with, where there are no images.</summary>
    public int Drawings { get; set; } = 240;

    /// <summary>Where it listens, separated by semicolons.</summary>
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>What every request has to carry; null where only this machine can ask.</summary>
    public string? ApiKey { get; set; }

    /// <summary>An ONNX classifier that knows the classes by name, as a second teacher.</summary>
    public string? Teacher { get; set; }

    /// <summary>The architecture of the first model, and of those that learn new classes.</summary>
    public string Student { get; set; } = "resnet20";

    public int Side { get; set; } = 32;

    public int Epochs { get; set; } = 10;

    public int Batch { get; set; } = 32;

    /// <summary>For training; predictions go on meanwhile.</summary>
    public int Threads { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);

    public int MostUploadBytes { get; set; } = 5 << 20;

    public int MostPixels { get; set; } = 16_000_000;

    public int MostImages { get; set; } = 10_000;
}
