using Samples.RetrainingApp.Tasks;

namespace Samples.RetrainingApp;

/// <summary>What the command line and the environment say.</summary>
internal sealed class AppOptions
{
    public bool Help { get; set; }

    /// <summary>What it is retrained to do. A data folder keeps to one.</summary>
    public VisionTask Task { get; set; }

    /// <summary>The folder of the database, the images and the models.</summary>
    public string Data { get => field ?? Common.OutputFolder.Default(Detects ? "retraining-detection" : "retraining"); set; } = null!;

    /// <summary>Labelled images to start with; null for drawings.</summary>
    public string? Images { get; set; }

    /// <summary>Drawings to start with, where there are no images.</summary>
    public int Drawings { get; set; } = 240;

    /// <summary>Where it listens, separated by semicolons.</summary>
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>What every request has to carry; null where only this machine can ask.</summary>
    public string? ApiKey { get; set; }

    /// <summary>An ONNX classifier or detector, as a second teacher.</summary>
    public string? Teacher { get; set; }

    /// <summary>Its classes in the order of its outputs; null for those that its file names.</summary>
    public IReadOnlyList<string>? TeacherClasses { get; set; }

    /// <summary>The architecture of the first model, and of classifiers that learn new classes.</summary>
    public string Student { get => field ?? (Detects ? "yolov5n" : "resnet20"); set; } = null!;

    public int Side { get => field > 0 ? field : Detects ? 128 : 32; set; }

    public int Epochs { get => field > 0 ? field : Detects ? 30 : 10; set; }

    public int Batch { get => field > 0 ? field : Detects ? 8 : 32; set; }

    /// <summary>How sure a detector must be of an object that is shown.</summary>
    public double LeastScore { get; set; } = .25;

    /// <summary>How many versions keep their files, beside the one in service and the one it was made from.</summary>
    public int KeptVersions { get; set; } = 10;

    /// <summary>For training; predictions go on meanwhile.</summary>
    public int Threads { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);

    public int MostUploadBytes { get; set; } = 5 << 20;

    public int MostPixels { get; set; } = 16_000_000;

    public int MostImages { get; set; } = 10_000;

    private bool Detects => Task == VisionTask.Detection;
}
