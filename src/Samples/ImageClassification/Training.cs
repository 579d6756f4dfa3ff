using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Transforms;
using Samples.Common;
using Samples.Common.Images;

namespace Samples.ImageClassification;

/// <summary>Turns rows into data that can be learned from, and fits pipelines on it.</summary>
internal sealed class Training
{
    private readonly MLContext _ml;
    private readonly SampleOptions _options;
    private readonly ProgressDisplay _display;
    private readonly CancellationToken _cancellation;
    private readonly DatasetViews _views;

    public Training(MLContext ml, SampleOptions options, Dataset dataset, ProgressDisplay display, CancellationToken cancellation)
    {
        (_ml, _options, _display, _cancellation) = (ml, options, display, cancellation);
        Epochs = options.Epochs ?? (options.Data is null ? DemoShare.Of(20) : 10);
        TeacherEpochs = options.TeacherEpochs ?? (options.Data is null ? DemoShare.Of(5) : Epochs);
        BatchSize = options.Batch ?? (options.Data is null ? 32 : 128);
        _views = new DatasetViews(ml, dataset);
    }

    public int Epochs { get; }

    public int TeacherEpochs { get; }

    public int BatchSize { get; }

    /// <summary>The rows with their labels as keys.</summary>
    public IDataView View(IReadOnlyList<ImageRow> rows) => _views.Keyed(rows);

    /// <summary>The same with the images themselves, for a teacher to look at.</summary>
    public IDataView ImageView(IReadOnlyList<ImageRow> rows) => _views.WithImages(rows);

    /// <param name="title">What the progress bar says.</param>
    /// <param name="rows">To learn from.</param>
    /// <param name="architecture">To train.</param>
    /// <param name="seed">Of weights, order and augmentation.</param>
    /// <param name="epochs">To train for.</param>
    /// <param name="teacher">Null: the labels alone teach.</param>
    /// <param name="methods">Null: Hinton's distillation where there is a teacher.</param>
    /// <param name="heldOut">To show the student on in its report; null for none.</param>
    /// <param name="comparison">Trains as many students alone, to say whether distillation helped; null for none.</param>
    /// <param name="learningRate">The highest.</param>
    /// <param name="aware">How to train the student on in 8 bits; null for not at all.</param>
    public Trained Fit(
        string title, IReadOnlyList<ImageRow> rows, ImageClassifier architecture, int seed, int epochs, Teacher? teacher = null, IList<DistillationMethod>? methods = null, IDataView? heldOut = null,
        BaselineComparisonOptions? comparison = null, double learningRate = .1, QuantizationAwareOptions? aware = null)
        => _display.Run(title, progress => new Trained(Pipeline(new ImageClassificationDistillationOptions
        {
            Teacher = teacher,
            Student = architecture,
            Methods = methods ?? (teacher is null ? [] : [new KnowledgeDistillation { Temperature = _options.Temperature, Alpha = _options.Alpha }]),
            BatchSize = BatchSize,
            Epochs = epochs,
            Optimizer = new SgdOptions { LearningRate = learningRate, Momentum = .9, Nesterov = true, WeightDecay = 5e-4 },
            Schedule = new WarmUpCosine { WarmUpEpochs = 1 },
            Augmentation = new ImageAugmentation { HorizontalFlip = true, CropPadding = 4 },
            Precision = _options.Precision,
            Threads = _options.Threads,
            // What is measured on the test images must not choose among the epochs' weights.
            KeepBest = false,
            Seed = seed,
            ValidationSet = heldOut,
            CompareToBaseline = comparison,
            QuantizationAware = aware,
            Progress = progress,
            CancellationToken = _cancellation,
        }).Fit(View(rows))));

    private EstimatorChain<KeyToValueMappingTransformer> Pipeline(ImageClassificationDistillationOptions options)
        => _views.LoadImages()
            .Append(_ml.DistillImageClassification(options))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"));
}
