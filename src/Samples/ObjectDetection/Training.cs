using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Samples.Common;
using Samples.ObjectDetection.Data;

namespace Samples.ObjectDetection;

/// <summary>Turns rows into data that can be learned from, and fits pipelines on it.</summary>
internal sealed class Training
{
    /// <summary>Average precision is of the whole ranking, so that models give out all that they have.</summary>
    public const double LeastScore = .001;

    private const int DrawnSize = 128, UsualSize = 320;
    private const int DrawnBatch = 8, UsualBatch = 16;
    private const int UsualEpochs = 30, DrawnTeacherEpochs = 20;

    // YOLOv5's last ten epochs of 300 go without mosaics; of a few epochs, ten would be most. Drawn scenes, which are full as they are, go without them.
    private const int ShareWithoutMosaic = 3;

    private readonly MLContext _ml;
    private readonly SampleOptions _options;
    private readonly Dataset _dataset;
    private readonly ProgressDisplay _display;
    private readonly CancellationToken _cancellation;
    private readonly ITransformer _labels;

    public Training(MLContext ml, SampleOptions options, Dataset dataset, ProgressDisplay display, CancellationToken cancellation)
    {
        (_ml, _options, _dataset, _display, _cancellation) = (ml, options, dataset, display, cancellation);
        Epochs = options.Epochs ?? (options.Data is null ? DemoShare.Of(UsualEpochs) : UsualEpochs);
        TeacherEpochs = options.TeacherEpochs ?? (options.Data is null ? DemoShare.Of(DrawnTeacherEpochs) : Epochs);
        BatchSize = options.Batch ?? (options.Data is null ? DrawnBatch : UsualBatch);
        Size = options.Size ?? (options.Data is null ? DrawnSize : UsualSize);
        // Keys by occurrence would depend on which image comes first; given by hand they are alphabetical.
        var classes = ml.Data.LoadFromEnumerable(dataset.Classes.Select(name => new ClassName { Label = name }));
        _labels = ml.Transforms.Conversion.MapValueToKey("Label", keyData: classes).Fit(ml.Data.LoadFromEnumerable(dataset.Test));
    }

    public int Epochs { get; }

    public int TeacherEpochs { get; }

    public int BatchSize { get; }

    /// <summary>Height and width of the input.</summary>
    public int Size { get; }

    /// <summary>The rows with their labels as keys.</summary>
    public IDataView View(IReadOnlyList<AnnotatedImage> rows) => _labels.Transform(_ml.Data.LoadFromEnumerable(rows));

    /// <summary>The same with the images themselves.</summary>
    public IDataView ImageView(IReadOnlyList<AnnotatedImage> rows) => LoadImages().Fit(View(rows)).Transform(View(rows));

    /// <param name="title">What the progress bar says.</param>
    /// <param name="rows">To learn from.</param>
    /// <param name="architecture">To train.</param>
    /// <param name="seed">Of weights, order and augmentation.</param>
    /// <param name="epochs">To train for.</param>
    /// <param name="teacher">Null: the annotations alone teach.</param>
    /// <param name="method">Null where there is no teacher.</param>
    /// <param name="aware">How to train the student on in 8 bits; null for not at all.</param>
    public Trained Fit(
        string title, IReadOnlyList<AnnotatedImage> rows, ObjectDetector architecture, int seed, int epochs, DetectorTeacher? teacher = null, MethodChoice? method = null, QuantizationAwareOptions? aware = null)
        // Where the data has a part to watch training by, the best epoch is chosen on it; never on the test images.
        => Fit(title, rows, architecture, seed, epochs, teacher, method, _dataset.Validation, keepBest: true, aware);

    /// <summary>A teacher that is a file, measured on the test images: a run of a moment that does no more.</summary>
    public ModelFigures Measure(DetectorTeacher teacher)
    {
        using var trained = Fit("Measuring the teacher", _dataset.Some(BatchSize, _options.Seed), _options.Student, _options.Seed, 1, teacher, _options.Method, [.. _dataset.Test.Select(Dataset.WithoutCrowds)], keepBest: false);
        return trained.Report.TeacherFigures!;
    }

    private Trained Fit(
        string title, IReadOnlyList<AnnotatedImage> rows, ObjectDetector architecture, int seed, int epochs, DetectorTeacher? teacher, MethodChoice? method, IReadOnlyList<AnnotatedImage> heldOut, bool keepBest,
        QuantizationAwareOptions? aware = null)
        => _display.Run(title, progress => new Trained(Pipeline(new ObjectDetectionDistillationOptions
        {
            Teacher = teacher,
            Student = architecture,
            Methods = teacher is null || method is null ? [] : [method.Create()],
            ImageSize = new ImageSize(Size, Size),
            BatchSize = BatchSize,
            Epochs = epochs,
            // On so few steps from random weights it gets further than YOLOv5's own SGD.
            Optimizer = new AdamWOptions { LearningRate = .001 },
            Augmentation = new DetectionAugmentation { Mosaic = _options.Data is null ? 0 : 1, EpochsWithoutMosaic = epochs / ShareWithoutMosaic },
            // A data set from elsewhere has its unreadable images and its boxes beside the image, and is no worse for the others.
            BadImages = BadImages.Skip,
            BadObjects = BadObjects.Drop,
            ScoreThreshold = LeastScore,
            Precision = _options.Precision,
            Threads = _options.Threads,
            Seed = seed,
            ValidationSet = heldOut.Count == 0 ? null : ImageView(heldOut),
            KeepBest = keepBest,
            QuantizationAware = aware,
            Progress = progress,
            CancellationToken = _cancellation,
        }).Fit(View(rows))));

    private EstimatorChain<KeyToValueMappingTransformer> Pipeline(ObjectDetectionDistillationOptions options)
        => LoadImages()
            .Append(_ml.DistillObjectDetection(options))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"));

    // Rows hold full paths.
    private ImageLoadingEstimator LoadImages() => _ml.Transforms.LoadImages("Image", "", "ImagePath");

    private sealed class ClassName
    {
        public string Label { get; set; } = "";
    }
}
