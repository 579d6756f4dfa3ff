namespace Microsoft.ML.Distillation;

/// <summary>What happened in a run, and what came of it: numbers here, a file for programs by <see cref="SaveAsJson"/>, a page for people by <see cref="SaveAsHtml"/>.</summary>
public sealed partial record TrainingReport
{
    /// <summary>The student's architecture, such as <c>resnet20</c>.</summary>
    public required string Student { get; init; }

    /// <summary>The teacher's name; null for a student that trained alone.</summary>
    public string? Teacher { get; init; }

    /// <summary>The options as they were used, by name.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Versions of this library, of TorchSharp and of ML.NET.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Where the student trained: <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The seed all random choices came from.</summary>
    public required int Seed { get; init; }

    /// <summary>Training images.</summary>
    public required int TrainingRows { get; init; }

    /// <summary>Validation images; 0 without a validation set.</summary>
    public int ValidationRows { get; init; }

    /// <summary>Rows left out, because the options' <c>BadImages</c> is <see cref="BadImages.Skip"/>: first those of the training data, then the validation data's.</summary>
    public IReadOnlyList<SkippedRow> SkippedRows { get; init; } = [];

    /// <summary>What else was noticed about the images, such as validation images that are training images too.</summary>
    public IReadOnlyList<DataFinding> DataFindings { get; init; } = [];

    /// <summary>How well the anchors suit the training boxes; null for students other than YOLOs.</summary>
    public AnchorFigures? Anchors { get; init; }

    /// <summary>Trained values in the student.</summary>
    public required long Parameters { get; init; }

    /// <summary>Trained values in the teacher; null without a teacher, or where it is not known.</summary>
    public long? TeacherParameters { get; init; }

    /// <summary>Epochs trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>Mean time of an epoch, validation apart, in seconds.</summary>
    public required double SecondsPerEpoch { get; init; }

    /// <summary>Training images per second, over all epochs, validation apart.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Where training time went, in seconds: <c>data</c> (waiting for batches), <c>teacher</c>, <c>student</c> (forward and backward), <c>optimiser</c>. On a GPU work is
    /// queued, so that there the parts tell when the host waited, not what the device did.</summary>
    public required IReadOnlyDictionary<string, double> Phases { get; init; }

    /// <summary>Whether the teacher's outputs were kept, and how often that was of use; null without a teacher.</summary>
    public TeacherCacheReport? TeacherCache { get; init; }

    /// <summary>The factors that <see cref="ImageClassificationDistillationOptions.BalanceTerms"/> put on the methods' terms, beside their own weights, by method; empty where it was off.</summary>
    public IReadOnlyDictionary<string, double> MethodFactors { get; init; } = new Dictionary<string, double>();

    /// <summary>What the check-up found before training, and of the methods' gradients in it: warnings and measurements.</summary>
    public IReadOnlyList<CheckupFinding> Checkup { get; init; } = [];

    /// <summary>Mean of every loss term, epoch by epoch. <c>task</c> is the cross-entropy with the labels (not there without labels), of a detector there are <c>box</c>, <c>objectness</c> and <c>class</c>; <c>total</c> is what was minimised.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Terms { get; init; }

    /// <summary>Learning rate at the end of each epoch.</summary>
    public required IReadOnlyList<double> LearningRate { get; init; }

    /// <summary>Share of validation images classified right after each epoch; empty without a validation set.</summary>
    public IReadOnlyList<double> ValidationAccuracy { get; init; } = [];

    /// <summary>A detector's mean average precision (mAP 50:95, COCO's) on the validation images after each epoch; empty for classifiers, and without a validation set.</summary>
    public IReadOnlyList<double> ValidationPrecision { get; init; } = [];

    /// <summary>The same at an IoU of 0.5 alone (mAP 50).</summary>
    public IReadOnlyList<double> ValidationPrecision50 { get; init; } = [];
}
