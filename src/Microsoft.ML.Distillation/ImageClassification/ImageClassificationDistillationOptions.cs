using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation;

/// <summary>Options of <see cref="ImageClassificationDistillationTrainer"/>. They are checked once, all faults together, and never changed.</summary>
public sealed partial class ImageClassificationDistillationOptions
{
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

    /// <summary>The bound on the length of a step's gradient, all weights together, those of methods' helpers among them: a longer one is scaled down to it.</summary>
    /// <value>Above 0; default null, for none.</value>
    public double? MaximumGradientNorm { get; init; }

    /// <summary>A running mean of the weights, which is validated and returned in place of the last ones.</summary>
    /// <value>Default: null, for the weights themselves.</value>
    public WeightAverageOptions? WeightAverage { get; init; }

    /// <summary>What happens when a loss or a gradient is not finite.</summary>
    /// <value>Default: three retries, each from the last good state and with half the learning rate. Null fails at once.</value>
    public RecoveryOptions? Recovery { get; init; } = new();

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
    /// What the student, and a teacher in TorchSharp, compute with in training. With <see cref="Precision.BFloat16"/> a step takes about half the time where the device has instructions for it; results
    /// differ from float32's as one seed's from another's.
    /// </summary>
    /// <value>Default: <see cref="Precision.Float32"/>.</value>
    public Precision Precision { get; init; }

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

    /// <summary>What becomes of rows of the training and validation data whose image can't be read, is cut short, damaged or too large, or whose label is missing or out of range.</summary>
    /// <remarks>
    /// Bytes (LoadRawImageBytes) are checked before they are decoded. Of images that LoadImages decoded, the file is looked at once more, which the decoder may have filled up with grey where it was cut short;
    /// images from elsewhere have only their size left to check. A file's pixels are decoded as they are stored (EXIF turns nothing), and of an animation the first frame is taken; the report's
    /// <see cref="TrainingReport.DataFindings"/> counts such images.
    /// </remarks>
    /// <value>Default: <see cref="BadImages.Throw"/>.</value>
    public BadImages BadImages { get; init; } = BadImages.Throw;

    /// <summary>
    /// The most pixels an image of the training and validation data may have; a larger one counts as bad. Of bytes (LoadRawImageBytes) that is known before they are decoded; LoadImages has taken the memory by then.
    /// </summary>
    /// <value>At least 1; default 100 million (<see cref="ImageDecoding.DefaultMaxImagePixels"/>). At prediction <see cref="ImageDecoding.MaxImagePixels"/> goes.</value>
    public long MaxImagePixels { get; init; } = ImageDecoding.DefaultMaxImagePixels;

    /// <summary>Stops the run within one batch, as <see cref="OnCancellation"/> says.</summary>
    /// <value>Default: none.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>What a run that is cancelled while it trains ends with; before, it throws.</summary>
    /// <value>Default: <see cref="CancellationResult.Throw"/>, an <see cref="OperationCanceledException"/>.</value>
    public CancellationResult OnCancellation { get; init; }

    /// <summary>
    /// A folder for checkpoints, made where it is missing, each run's own. Where it holds a checkpoint of a run with the same options on the same data, <c>Fit</c> goes on from it, also in another
    /// process, and ends with the very weights that it would have had without the interruption: bit for bit on a CPU with one thread, as long as no numbers went wrong
    /// right after a cancellation. A finished run's result is returned without training: delete the folder to train anew. Other options or other data are refused, with what differs.
    /// </summary>
    /// <value>Default: null, for no checkpoints.</value>
    /// <remarks>
    /// Where <see cref="Seed"/> is null, the checkpoint's seed is gone on with. <see cref="Threads"/>, <see cref="MemoryBudget"/>, the device and what a run tells may change. A teacher is known by its
    /// name, its size and what it says of the first images.
    /// </remarks>
    public string? CheckpointFolder { get; init; }

    /// <summary>When checkpoints are written; without a <see cref="CheckpointFolder"/> it has no effect.</summary>
    /// <value>Default: at the end of each epoch, and every 5 minutes.</value>
    public CheckpointOptions Checkpoints { get; init; } = new();

    /// <summary>Told where the run stands, a few times a second at most, on the thread that trains.</summary>
    /// <value>Default: null. ML.NET's log hears of it in any case.</value>
    public IProgress<DistillationProgress>? Progress { get; init; }

    /// <summary>Images to measure the student on after each epoch; they never train it, but choose which epoch's weights are returned (<see cref="KeepBest"/>).</summary>
    /// <value>Default: null, for no measuring.</value>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// Share of the training images that is held out as the validation set, the same of each class as nearly as whole images allow; which ones is a matter of the seed. They never train the student; its
    /// <see cref="Normalization"/>, where it is measured, is that of all images.
    /// </summary>
    /// <value>0 or more and below 1; default 0, for none. Where there is a <see cref="ValidationSet"/>, it must be 0.</value>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// Return the weights of the epoch that did best on the validation images, the later one of equals, instead of the last epoch's. Accuracy on those images is then a little
    /// better than on new ones: measure the result on a third set. Without validation images it has no effect.
    /// </summary>
    /// <value>Default: true.</value>
    public bool KeepBest { get; init; } = true;

    /// <summary>Ends the run when the accuracy on the validation images rises no more.</summary>
    /// <value>Default: null, for all <see cref="Epochs"/>. It needs validation images.</value>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>
    /// Asks whether distillation helps on this data: for several seeds the student is trained once without teacher and methods and once with them, all else the same, and all are
    /// measured on the validation images (<see cref="TrainingReport.Comparison"/>). The model returned is always the first seed's distilled one, whatever its result. Needs
    /// validation images; takes as long as all these trainings.
    /// </summary>
    /// <value>Default: null, for one training and no comparison.</value>
    public BaselineComparisonOptions? CompareToBaseline { get; init; }

    /// <summary>
    /// Measures self-distillation's own evidence on the returned student, and on the baseline where there is a comparison: accuracy under noise in the weights, and gradients by depth
    /// (<see cref="ModelFigures.Evidence"/>). Needs validation images.
    /// </summary>
    /// <value>Default: null, for none: it takes many passes over the validation images.</value>
    public EvidenceOptions? Evidence { get; init; }

    /// <summary>
    /// Trains the finished student on in 8 bits, so that <see cref="Quantization.Int8Trained"/> writes it with less of a loss than <see cref="Quantization.Int8"/> would. The model that <c>Fit</c> returns, its
    /// scores and its float ONNX file stay those of the student before.
    /// </summary>
    /// <value>Default: null, for none.</value>
    public QuantizationAwareOptions? QuantizationAware { get; init; }
}
