using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Transforms;
using Samples.Common;

namespace Samples.ImageClassification;

/// <summary>Turns rows into data that can be learned from, and fits pipelines on it.</summary>
internal sealed class Training
{
    private readonly MLContext _ml;
    private readonly SampleOptions _options;
    private readonly ProgressDisplay _display;
    private readonly CancellationToken _cancellation;
    private readonly ITransformer _labels;

    public Training(MLContext ml, SampleOptions options, Dataset dataset, ProgressDisplay display, CancellationToken cancellation)
    {
        (_ml, _options, _display, _cancellation) = (ml, options, display, cancellation);
        Epochs = options.Epochs ?? (options.Data is null ? 20 : 10);
        TeacherEpochs = options.TeacherEpochs ?? (options.Data is null ? 5 : Epochs);
        BatchSize = options.Batch ?? (options.Data is null ? 32 : 128);
        // Keys by occurrence would depend on which image comes first; given by hand they are alphabetical.
        var classes = ml.Data.LoadFromEnumerable(dataset.Classes.Select(name => new ClassName { Label = name }));
        _labels = ml.Transforms.Conversion.MapValueToKey("Label", keyData: classes).Fit(ml.Data.LoadFromEnumerable(dataset.Test));
    }

    public int Epochs { get; }

    public int TeacherEpochs { get; }

    public int BatchSize { get; }

    /// <summary>The rows with their labels as keys.</summary>
    public IDataView View(IReadOnlyList<ImageRow> rows) => _labels.Transform(_ml.Data.LoadFromEnumerable(rows));

    /// <summary>The same with the images themselves, for a teacher to look at.</summary>
    public IDataView ImageView(IReadOnlyList<ImageRow> rows)
    {
        var view = View(rows);
        return LoadImages().Fit(view).Transform(view);
    }

    /// <param name="title">What the progress bar says.</param>
    /// <param name="rows">To learn from.</param>
    /// <param name="architecture">To train.</param>
    /// <param name="seed">Of weights, order and augmentation.</param>
    /// <param name="epochs">To train for.</param>
    /// <param name="teacher">Null: the labels alone teach.</param>
    /// <param name="methods">Null: Hinton's distillation where there is a teacher.</param>
    /// <param name="heldOut">To show the student on in its report; null for none.</param>
    /// <param name="aware">How to train the student on in 8 bits; null for not at all.</param>
    public Trained Fit(
        string title, IReadOnlyList<ImageRow> rows, ImageClassifier architecture, int seed, int epochs, Teacher? teacher = null, IList<DistillationMethod>? methods = null, IDataView? heldOut = null,
        QuantizationAwareOptions? aware = null)
        => _display.Run(title, progress => new Trained(Pipeline(new ImageClassificationDistillationOptions
        {
            Teacher = teacher,
            Student = architecture,
            Methods = methods ?? (teacher is null ? [] : [new KnowledgeDistillation { Temperature = _options.Temperature, Alpha = _options.Alpha }]),
            BatchSize = BatchSize,
            Epochs = epochs,
            Optimizer = new SgdOptions { LearningRate = .1, Momentum = .9, Nesterov = true, WeightDecay = 5e-4 },
            Schedule = new WarmUpCosine { WarmUpEpochs = 1 },
            Augmentation = new ImageAugmentation { HorizontalFlip = true, CropPadding = 4 },
            Threads = _options.Threads,
            // What is measured on the test images must not choose among the epochs' weights.
            KeepBest = false,
            Seed = seed,
            ValidationSet = heldOut,
            QuantizationAware = aware,
            Progress = progress,
            CancellationToken = _cancellation,
        }).Fit(View(rows))));

    private EstimatorChain<KeyToValueMappingTransformer> Pipeline(ImageClassificationDistillationOptions options)
        => LoadImages()
            .Append(_ml.DistillImageClassification(options))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"));

    // Rows hold full paths.
    private ImageLoadingEstimator LoadImages() => _ml.Transforms.LoadImages("Image", "", "ImagePath");

    private sealed class ClassName
    {
        public string Label { get; set; } = "";
    }
}
