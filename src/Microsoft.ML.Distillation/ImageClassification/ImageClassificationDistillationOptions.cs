using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation;

/// <summary>Options of <see cref="ImageClassificationDistillationTrainer"/>. They are checked once, all faults together, and never changed.</summary>
public sealed class ImageClassificationDistillationOptions
{
    internal const string WithoutValidationLabel =
        "There is validation data, but no label to measure on: LabelColumnName is null, and so is ValidationLabelColumnName; name the validation data's label there.";

    /// <summary>
    /// The label: a scalar key with key values, as <c>MapValueToKey</c> makes it; null for images without labels, of which the teacher's word is then
    /// all the student learns. The classes are then the teacher's, by its class names, and methods that need labels are refused.
    /// </summary>
    /// <value>Default: <c>Label</c>.</value>
    public string? LabelColumnName { get; init; } = "Label";

    /// <summary>The label in the validation data, where it is another column, or where the training data has none.</summary>
    /// <value>Default: null, which is <see cref="LabelColumnName"/>.</value>
    public string? ValidationLabelColumnName { get; init; }

    /// <summary>The image: <c>MLImage</c>, as <c>LoadImages</c> makes it, or the bytes of an image file, as <c>LoadRawImageBytes</c> makes them.</summary>
    /// <value>Default: <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Output: the probabilities, a vector of one per class.</summary>
    /// <value>Default: <c>Score</c>.</value>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Output: the most likely class, a key with the label's key values.</summary>
    /// <value>Default: <c>PredictedLabel</c>.</value>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>The model to learn from; null trains the student alone, which is the baseline to compare with.</summary>
    /// <value>Default: null.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>The model to train.</summary>
    /// <value>Default: <see cref="ImageClassifier.ResNet20"/>.</value>
    public ImageClassifier Student { get; init; } = ImageClassifier.ResNet20;

    /// <summary>How the student learns from more than its labels; they add up.</summary>
    /// <value>Default: none, which suits a run without a teacher.</value>
    public IList<DistillationMethod> Methods { get; init; } = [];

    /// <summary>Size the student works at.</summary>
    /// <value>Default: null, which is the student's own, 32×32 for the CIFAR ResNets. At least 8×8.</value>
    public ImageSize? ImageSize { get; init; }

    /// <summary>How images of other sizes and shapes are brought to the student's: cut to fit, padded to fit, or stretched (which ML.NET does by nearest neighbour).</summary>
    /// <value>Default: <see cref="ImageResizingEstimator.ResizingKind.IsoCrop"/>.</value>
    public ImageResizingEstimator.ResizingKind Resizing { get; init; } = ImageResizingEstimator.ResizingKind.IsoCrop;

    /// <summary>What the student does with pixels before its first layer; it becomes part of the model.</summary>
    /// <value>Default: null, which is the means and deviations of the training images, or for a warm start those it was trained with.</value>
    public ImageNormalization? Normalization { get; init; }

    /// <summary>Images in a training step. The images left over at an epoch's end are left out of that epoch; a batch has all images where there are fewer.</summary>
    /// <value>At least 2; default 128.</value>
    public int BatchSize { get; init; } = 128;

    /// <summary>Times through the training images.</summary>
    /// <value>At least 1; default 30.</value>
    public int Epochs { get; init; } = 30;

    /// <summary>How weights are moved along their gradients.</summary>
    /// <value>Default: <see cref="SgdOptions"/> with its defaults.</value>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions();

    /// <summary>The learning rate's course.</summary>
    /// <value>Default: <see cref="WarmUpCosine"/>, one epoch of warm-up.</value>
    public LearningRateSchedule Schedule { get; init; } = new WarmUpCosine();

    /// <summary>Random changes to training images.</summary>
    /// <value>Default: flip and crop from 4 pixels of padding.</value>
    public ImageAugmentation Augmentation { get; init; } = new();

    /// <summary>Keeps what the teacher said of an image until the same view of it comes back. Without a teacher it has no effect.</summary>
    /// <value>Default: on where augmentation is none or nothing but flips. Null switches it off.</value>
    public TeacherCacheOptions? TeacherCache { get; init; } = new();

    /// <summary>The CUDA device to train on.</summary>
    /// <value>0 or more; default null, which is <see cref="MLContext.GpuDeviceId"/>, and the CPU where that is null too.</value>
    public int? GpuDeviceId { get; init; }

    /// <summary>Train on the CPU where the CUDA device can't be used, instead of failing.</summary>
    /// <value>Default: null, which is <see cref="MLContext.FallbackToCpu"/>.</value>
    public bool? FallbackToCpu { get; init; }

    /// <summary>CPU threads for training and for an ONNX teacher. TorchSharp keeps one number for the whole process; it is set back after training.</summary>
    /// <value>At least 1; default null, which is <see cref="Environment.ProcessorCount"/>. With 1, a seed gives the same weights bit for bit on the same machine.</value>
    public int? Threads { get; init; }

    /// <summary>Where all random choices come from.</summary>
    /// <value>Default: null, which is the <see cref="MLContext"/>'s.</value>
    public int? Seed { get; init; }

    /// <summary>Memory for decoded images, in bytes; what does not fit goes to memory-mapped files in the context's temporary folder.</summary>
    /// <value>0 or more; default 4 GiB.</value>
    public long MemoryBudget { get; init; } = PixelStore.DefaultMemoryBudget;

    /// <summary>Stops the run within one batch, with an <see cref="OperationCanceledException"/>.</summary>
    /// <value>Default: none.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Told where the run stands, a few times a second at most, on the thread that trains.</summary>
    /// <value>Default: null. ML.NET's log hears of it in any case.</value>
    public IProgress<DistillationProgress>? Progress { get; init; }

    /// <summary>Images to measure the student on after each epoch; they never train it.</summary>
    /// <value>Default: null, for no measuring.</value>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// Asks whether distillation helps on this data: for several seeds the student is trained once without teacher and methods and once with them, all else the same, and all are
    /// measured on the validation images (<see cref="TrainingReport.Comparison"/>). The model returned is always the first seed's distilled one, whatever its result. Needs
    /// validation images; takes as long as all these trainings.
    /// </summary>
    /// <value>Default: null, for one training and no comparison.</value>
    public BaselineComparisonOptions? CompareToBaseline { get; init; }

    internal void Validate()
    {
        var faults = new Faults("Options of DistillImageClassification");
        ValidateColumns(faults);
        ValidateMethods(faults);
        faults.AddIf(ImageSize is { } size && (size.Width < 8 || size.Height < 8), $"ImageSize is {ImageSize}; both sides must be at least 8 pixels.");
        faults.AddIf(BatchSize < 2, $"BatchSize is {BatchSize}; it must be at least 2 (BatchNorm needs more than one image).");
        faults.AddIf(Epochs < 1, $"Epochs is {Epochs}; it must be at least 1.");
        faults.AddIf(GpuDeviceId < 0, $"GpuDeviceId is {GpuDeviceId}; it must be 0 or more, or null for the CPU.");
        faults.AddIf(Threads < 1, $"Threads is {Threads}; it must be at least 1, or null for all processors.");
        faults.AddIf(MemoryBudget < 0, $"MemoryBudget is {MemoryBudget}; it must be 0 or more bytes.");
        Required(faults, Optimizer, nameof(Optimizer))?.Validate(faults);
        Required(faults, Schedule, nameof(Schedule))?.Validate(faults, Epochs);
        Required(faults, Augmentation, nameof(Augmentation))?.Validate(faults);
        Required(faults, Student, nameof(Student));
        TeacherCache?.Validate(faults);
        ValidateComparison(faults);
        faults.ThrowIfAny("options");
    }

    /// <summary>The options by name, as they go into the report.</summary>
    internal IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        [nameof(Methods)] = Methods.Count == 0 ? "none" : string.Join("; ", Methods),
        [nameof(Resizing)] = Resizing.ToString(),
        [nameof(BatchSize)] = FormattableString.Invariant($"{BatchSize}"),
        [nameof(Epochs)] = FormattableString.Invariant($"{Epochs}"),
        [nameof(Optimizer)] = $"{Optimizer}",
        [nameof(Schedule)] = $"{Schedule}",
        [nameof(Augmentation)] = $"{Augmentation}",
        [nameof(TeacherCache)] = TeacherCache is null ? "off" : $"{TeacherCache}",
        [nameof(CompareToBaseline)] = CompareToBaseline is null ? "off" : $"{CompareToBaseline}",
    };

    private void ValidateComparison(Faults faults)
    {
        if (CompareToBaseline is null)
            return;
        CompareToBaseline.Validate(faults);
        faults.AddIf(Methods is { Count: 0 }, "CompareToBaseline is set, but Methods is empty, so that the student is its own baseline: add a method, or leave the comparison out.");
        faults.AddIf(LabelColumnName is null, "CompareToBaseline trains the student without its teacher too, and without labels (LabelColumnName is null) it would learn from nothing: leave the comparison out.");
    }

    private void ValidateColumns(Faults faults)
    {
        foreach (var (name, column) in new[] { (nameof(LabelColumnName), LabelColumnName), (nameof(ValidationLabelColumnName), ValidationLabelColumnName) })
            faults.AddIf(column is not null && string.IsNullOrWhiteSpace(column), $"{name} is empty; name a column.");
        foreach (var (name, column) in new[] { (nameof(ImageColumnName), ImageColumnName), (nameof(ScoreColumnName), ScoreColumnName), (nameof(PredictedLabelColumnName), PredictedLabelColumnName) })
            faults.AddIf(string.IsNullOrWhiteSpace(column), $"{name} is empty; name a column.");
        faults.AddIf(ScoreColumnName == PredictedLabelColumnName, $"ScoreColumnName and PredictedLabelColumnName are both '{ScoreColumnName}'; they must differ.");
    }

    private void ValidateMethods(Faults faults)
    {
        if (Required(faults, Methods, nameof(Methods)) is null)
            return;
        faults.AddIf(Methods.Any(m => m is null), "Methods holds a null; leave it out.");
        foreach (var method in Methods.Where(m => m is not null))
        {
            method.Validate(faults);
            faults.AddIf(method.Needs != TeacherParts.None && Teacher is null, $"{method.Name} learns from a teacher, and Teacher is null: set it, or remove the method.");
        }
        Companions.Check(Methods.OfType<DistillationMethod>(), faults);
        Augmentation?.Check(Methods.OfType<DistillationMethod>(), faults);
        faults.AddIf(Teacher is not null && Methods.Count == 0, "Teacher is set, but Methods is empty, so nothing would be learned from it: add new KnowledgeDistillation().");
        faults.AddIf(Teacher is not null && LabelColumnName is not null && Methods.Count > 0 && Methods.All(m => m is { Needs: TeacherParts.None }),
            "Teacher is set, but none of the methods learns from it: add new KnowledgeDistillation(), or leave the teacher out.");
        ValidateTeacher(faults);
    }

    private void ValidateTeacher(Faults faults)
    {
        Teacher?.Validate(faults);
        if (Augmentation is not null)
            Teacher?.Check(Augmentation, faults);
        if (LabelColumnName is not null)
            return;
        faults.AddIf(Teacher is null, "LabelColumnName is null, so that only a teacher could say what images show, and Teacher is null: set one of them.");
        faults.AddIf(
            Teacher is not null && Methods.Count > 0 && Methods.All(m => m is not null && (m.Needs & TeacherParts.Logits) == 0),
            "LabelColumnName is null, and no method learns from the teacher's logits, so that nothing would train the student's classifier: add new KnowledgeDistillation().");
        faults.AddIf(ValidationSet is not null && ValidationLabelColumnName is null, WithoutValidationLabel);
    }

    private static T? Required<T>(Faults faults, T? value, string name) where T : class
    {
        faults.AddIf(value is null, $"{name} is null.");
        return value;
    }
}
