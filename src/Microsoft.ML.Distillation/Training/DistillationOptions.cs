using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation;

/// <summary>
/// What the options of both estimators have in common: what a training is measured on, how it goes and where it runs. <see cref="ImageClassificationDistillationOptions"/> and
/// <see cref="ObjectDetectionDistillationOptions"/> add what is learned by which model.
/// </summary>
public abstract partial class DistillationOptions
{
    private protected DistillationOptions()
    {
    }

    /// <summary>The image: <c>MLImage</c>, as <c>LoadImages</c> makes it, or the bytes of an image file, as <c>LoadRawImageBytes</c> makes them.</summary>
    /// <value>Default: <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Images in a training step. The images left over at an epoch's end are left out of that epoch; a batch has all images where there are fewer.</summary>
    /// <value>At least 2, for a detector 1; default: the estimator's.</value>
    public abstract int BatchSize { get; init; }

    /// <summary>Times through the training images.</summary>
    /// <value>At least 1; default: the estimator's.</value>
    public abstract int Epochs { get; init; }

    /// <summary>How weights are moved along their gradients.</summary>
    /// <value>Default: the estimator's.</value>
    public abstract OptimizerOptions Optimizer { get; init; }

    /// <summary>The learning rate's course.</summary>
    /// <value>Default: the estimator's.</value>
    public abstract LearningRateSchedule Schedule { get; init; }

    /// <summary>The bound on the length of a step's gradient, all weights together, those of methods' helpers among them: a longer one is scaled down to it.</summary>
    /// <value>Above 0; default null, for none.</value>
    public double? MaximumGradientNorm { get; init; }

    /// <summary>A running mean of the weights, which is validated and returned in place of the last ones.</summary>
    /// <value>Default: the estimator's. Null for the weights themselves.</value>
    public abstract WeightAverageOptions? WeightAverage { get; init; }

    /// <summary>What happens when a loss or a gradient is not finite.</summary>
    /// <value>Default: three retries, each from the last good state and with half the learning rate. Null fails at once.</value>
    public RecoveryOptions? Recovery { get; init; } = new();

    /// <summary>
    /// What the student, and a teacher in TorchSharp, compute with in training. With <see cref="Precision.BFloat16"/> a step takes about half the time where the device has instructions for it. Means
    /// over seeds agreed with float32's where it was measured, but one run in twelve ended below all of float32's (docs/results.md): so it is not the default.
    /// </summary>
    /// <value>Default: <see cref="Precision.Float32"/>.</value>
    public Precision Precision { get; init; }

    /// <summary>The CUDA device to train on.</summary>
    /// <value>0 or more; default null, which is <see cref="MLContext.GpuDeviceId"/>, and the CPU where that is null too.</value>
    public int? GpuDeviceId { get; init; }

    /// <summary>Train on the CPU where the CUDA device can't be used, instead of failing. Scoring with the fitted model goes by the context's own settings alone.</summary>
    /// <value>Default: null, which is <see cref="MLContext.FallbackToCpu"/>.</value>
    public bool? FallbackToCpu { get; init; }

    /// <summary>CPU threads for training, for an ONNX teacher and for decoding images. TorchSharp keeps one number for the whole process; it is set back after training.</summary>
    /// <value>At least 1; default null, which is <see cref="Environment.ProcessorCount"/>. With 1, a seed gives the same weights bit for bit on the same machine.</value>
    /// <remarks>
    /// <para>
    /// Of runs at the same time the newest says how many there are, which is a warning in ML.NET's log where the others have another number: give them all the same. The last to end sets back what there was before
    /// the first.
    /// </para>
    /// <para>
    /// Images are decoded in several threads where the steps before can share their rows out: ML.NET deals them out in batches (of 128 rows, or of 64 lines of a text file) at the first step that maps columns of numbers,
    /// text or bytes. Images in memory are read by one thread, and so are images loaded before rows are split, taken, skipped or shuffled: load them behind such steps. Custom mappings are then called by several
    /// threads at once, as ML.NET's own readers do. How many there are changes neither the rows, nor their order, nor what is said of bad ones.
    /// </para>
    /// </remarks>
    public int? Threads { get; init; }

    /// <summary>Where all random choices come from.</summary>
    /// <value>Default: null, which is the <see cref="MLContext"/>'s.</value>
    public int? Seed { get; init; }

    /// <summary>Memory for decoded images, training and validation together, in bytes; what does not fit goes to memory-mapped files in the context's temporary folder.</summary>
    /// <value>0 or more; default 4 GiB.</value>
    public long MemoryBudget { get; init; } = PixelStore.DefaultMemoryBudget;

    /// <summary>
    /// What becomes of rows of the training and validation data whose image can't be read, is cut short, damaged or too large, or whose label is missing or out of range; of a detector's rows, those of which an
    /// object has no label, or a box without area or outside the image (unless <see cref="ObjectDetectionDistillationOptions.BadObjects"/> leaves it out).
    /// </summary>
    /// <remarks>
    /// Bytes (LoadRawImageBytes) are checked before they are decoded. Of images that LoadImages decoded, the file is looked at once more, which the decoder may have filled up with grey where it was cut short;
    /// images from elsewhere have only their size left to check. A file's pixels are decoded as they are stored (EXIF turns nothing), and of an animation the first frame is taken; the report's
    /// <see cref="TrainingReport.DataFindings"/> counts such images. A detector's image is left out with all its objects: without one of them, it would teach that nothing is there.
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
    /// Where <see cref="Seed"/> is null, the checkpoint's seed is gone on with. <see cref="Threads"/>, <see cref="MemoryBudget"/>, the device and what a run tells may change. A teacher from a file is known by the
    /// file's contents, wherever it lies, another by its name; and each by its size and by what it says of the first images. What a teacher finds for <see cref="ObjectDetectionDistillationOptions.PseudoLabels"/>
    /// is kept in the folder, and is what a resumed run goes on with.
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
    /// Share of the training images that is held out as the validation set, the same of each class (of a detector's images, of those with objects and those without) as nearly as whole images allow; which ones
    /// is a matter of the seed. They never train the student; means and deviations for its normalisation, where they are measured, are those of all images.
    /// </summary>
    /// <value>0 or more and below 1; default 0, for none. Where there is a <see cref="ValidationSet"/>, it must be 0.</value>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// Return the weights of the epoch that did best on the validation images, by accuracy or a detector's mean average precision (mAP 50:95), the later one of equals, instead of the last epoch's. What is
    /// measured on those images is then a little better than on new ones: measure the result on a third set. Without validation images it has no effect.
    /// </summary>
    /// <value>Default: true.</value>
    public bool KeepBest { get; init; } = true;

    /// <summary>Ends the run when the accuracy, or a detector's mean average precision, on the validation images rises no more.</summary>
    /// <value>Default: null, for all <see cref="Epochs"/>. It needs validation images.</value>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>
    /// Asks whether distillation helps on this data: for several seeds the student is trained once without teacher and methods and once with them, all else the same (a detector's anchors among it), and all
    /// are measured on the validation images, by accuracy or mean average precision (<see cref="TrainingReport.Comparison"/>). The model returned is always the first seed's distilled one, whatever its
    /// result. Needs validation images and labels; takes as long as all these trainings.
    /// </summary>
    /// <value>Default: null, for one training and no comparison.</value>
    public BaselineComparisonOptions? CompareToBaseline { get; init; }

    /// <summary>
    /// Trains the finished student on in 8 bits, with the same teacher and methods, so that <see cref="Quantization.Int8Trained"/> writes it with less of a loss than <see cref="Quantization.Int8"/> would. The
    /// model that <c>Fit</c> returns, what it predicts and its float ONNX file stay those of the student before.
    /// </summary>
    /// <value>Default: null, for none.</value>
    public QuantizationAwareOptions? QuantizationAware { get; init; }
}
