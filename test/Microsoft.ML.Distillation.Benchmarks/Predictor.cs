using Microsoft.ML;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;

namespace Benchmarks;

/// <summary>A student that learned next to nothing from noise, in the forms in which it predicts.</summary>
/// <param name="InBatches">Scores rows as many at a time as are said.</param>
/// <param name="Save">Writes a file in smaller numbers.</param>
/// <param name="Output">Of the ONNX models, what is asked for.</param>
internal sealed record Predictor(ITransformer Model, Func<IDataView, int, IDataView> InBatches, byte[] Onnx, Action<string, Quantization> Save, string Output) : IDisposable
{
    private static readonly string[] _classes = ["even", "odd"];

    public static Predictor Fit(MLContext ml, PredictOptions options, IDataView data, CancellationToken cancellation) =>
        options.Detector is { } detector ? Detector(ml, detector, options.Size, data, cancellation) : Classifier(ml, options.Student, options.Size, data, cancellation);

    /// <summary>An untrained teacher as ONNX: it takes as long as one that knows something.</summary>
    public static byte[] Teacher(ImageClassifier? classifier, ObjectDetector? detector, ImageSize size)
    {
        StudentDescription Described(string name, string resizing) => new(name, _classes, size, size, ImageNormalization.ImageNet, resizing);
        if (detector is not null)
        {
            using var network = detector.CreateModule(_classes, seed: 1);
            network.eval();
            return DetectorExporter.Standalone(network, Described(detector.Name, "IsoPad"), new Suppression());
        }
        using var module = classifier!.CreateModule(_classes, seed: 1);
        module.eval();
        return StudentExporter.Standalone(module, Described(classifier.Name, "IsoCrop"));
    }

    public void Dispose() => (Model as IDisposable)?.Dispose();

    private static Predictor Classifier(MLContext ml, ImageClassifier student, ImageSize size, IDataView data, CancellationToken cancellation)
    {
        var model = ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Student = student, ImageSize = size, Epochs = 1, BatchSize = 16, Augmentation = ImageAugmentation.None, Checkup = null, Seed = 1, CancellationToken = cancellation,
        }).Fit(data);
        return new(model, model.ScoreInBatches, model.ToOnnx(), (path, quantization) => model.SaveAsOnnx(path, quantization), "probabilities");
    }

    private static Predictor Detector(MLContext ml, ObjectDetector student, ImageSize size, IDataView data, CancellationToken cancellation)
    {
        var model = ml.DistillObjectDetection(new ObjectDetectionDistillationOptions
        {
            Student = student, ImageSize = size, LabelColumnName = "Labels", BoundingBoxColumnName = "BoundingBoxes", Epochs = 1, BatchSize = 8,
            Augmentation = new DetectionAugmentation { Mosaic = 0 }, Checkup = null, Seed = 1, CancellationToken = cancellation,
        }).Fit(data);
        return new(model, model.ScoreInBatches, model.ToOnnx(), (path, quantization) => model.SaveAsOnnx(path, quantization), "scores");
    }
}
