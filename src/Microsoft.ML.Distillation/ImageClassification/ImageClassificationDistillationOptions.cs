using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation;

/// <summary>Options of <see cref="ImageClassificationDistillationTrainer"/>. They are checked once, all faults together, and never changed.</summary>
public sealed partial class ImageClassificationDistillationOptions : DistillationOptions
{
    private IList<DistillationMethod> _methods = [];

    /// <summary>
    /// The label: a scalar key with key values, as <c>MapValueToKey</c> makes it; null for images without labels, of which the teacher's word is then
    /// all the student learns. The classes are then the teacher's, by its class names, and methods that need labels are refused.
    /// </summary>
    /// <value>Default: <c>Label</c>.</value>
    public string? LabelColumnName { get; init; } = "Label";

    /// <summary>The label in the validation data, where it is another column, or where the training data has none.</summary>
    /// <value>Default: null, which is <see cref="LabelColumnName"/>.</value>
    public string? ValidationLabelColumnName { get; init; }

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
    public IList<DistillationMethod> Methods { get => _methods; init => _methods = value; }

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
    public override int BatchSize { get; init; } = 128;

    /// <summary>Times through the training images.</summary>
    /// <value>At least 1; default 30.</value>
    public override int Epochs { get; init; } = 30;

    /// <summary>How weights are moved along their gradients.</summary>
    /// <value>Default: <see cref="SgdOptions"/> with its defaults.</value>
    public override OptimizerOptions Optimizer { get; init; } = new SgdOptions();

    /// <summary>The learning rate's course.</summary>
    /// <value>Default: <see cref="WarmUpCosine"/>, one epoch of warm-up.</value>
    public override LearningRateSchedule Schedule { get; init; } = new WarmUpCosine();

    /// <summary>A running mean of the weights, which is validated and returned in place of the last ones.</summary>
    /// <value>Default: null, for the weights themselves.</value>
    public override WeightAverageOptions? WeightAverage { get; init; }

    /// <summary>Random changes to training images.</summary>
    /// <value>Default: flip and crop from 4 pixels of padding.</value>
    public ImageAugmentation Augmentation { get; init; } = new();

    /// <summary>Keeps what the teacher said of an image until the same view of it comes back. Without a teacher it has no effect.</summary>
    /// <value>Default: on where augmentation is none or nothing but flips. Null switches it off.</value>
    public TeacherCacheOptions? TeacherCache { get; init; } = new();

    /// <summary>Weighs methods by the size of their gradients on the first batches, instead of by guesswork; the factors are in the report.</summary>
    /// <value>Default: null, for the methods' own weights.</value>
    public TermBalanceOptions? BalanceTerms { get; init; }

    /// <summary>
    /// Looks at the teacher before training: whether it is right on these images, is given its pixels and classes as it expects them, and has something to teach at the methods' temperatures. What is
    /// found goes to ML.NET's log, warnings among it, and into the report; it never stops a run. Without a teacher it has no effect.
    /// </summary>
    /// <value>Default: on, with 512 images. Null switches it off.</value>
    public CheckupOptions? Checkup { get; init; } = new();

    /// <summary>
    /// Measures self-distillation's own evidence on the returned student, and on the baseline where there is a comparison: accuracy under noise in the weights, and gradients by depth
    /// (<see cref="ModelFigures.Evidence"/>). Needs validation images.
    /// </summary>
    /// <value>Default: null, for none: it takes many passes over the validation images.</value>
    public EvidenceOptions? Evidence { get; init; }
}
