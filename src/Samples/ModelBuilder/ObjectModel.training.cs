using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Samples.ModelBuilder;

/// <summary>This part trains. What distils is one line of <see cref="BuildPipeline"/>, with what it takes in <see cref="Distillation"/>.</summary>
public partial class ObjectModel
{
    public const string RetrainFilePath = @"annotations.json";

    /// <summary>The file of the model to learn from.</summary>
    public static string TeacherFilePath { get; set; } = @"teacher.onnx";

    /// <summary>The size that images are letterboxed to on their way into the network; nobody else needs to know of it. Enough for shapes on drawings; photographs want 320 and more.</summary>
    public const int TrainingImageWidth = 64;

    /// <inheritdoc cref="TrainingImageWidth"/>
    public const int TrainingImageHeight = 64;

    /// <summary>Times through the training images.</summary>
    public static int MaxEpoch { get; set; } = 40;

    /// <summary>Trains a model and saves it.</summary>
    /// <param name="outputModelPath">The file to write.</param>
    /// <param name="inputDataFilePath">Annotations as VoTT or COCO has them, with the images beside.</param>
    public static void Train(string outputModelPath, string inputDataFilePath = RetrainFilePath)
    {
        var mlContext = new MLContext(seed: 1);
        var data = LoadIDataViewFromFile(mlContext, inputDataFilePath);
        var model = RetrainModel(mlContext, data);
        SaveModel(mlContext, model, data, outputModelPath);
    }

    /// <summary>A row for every image of a VoTT export, with its boxes as they are in the file. An image is read whenever its row is: memory holds one, not all.</summary>
    public static IDataView LoadIDataViewFromVOTTFile(MLContext mlContext, string inputDataFilePath) => AsModelInput(mlContext, mlContext.LoadVottAnnotations(inputDataFilePath));

    /// <summary>The same of a file in COCO's format.</summary>
    public static IDataView LoadIDataViewFromCOCOFile(MLContext mlContext, string inputDataFilePath) => AsModelInput(mlContext, mlContext.LoadCocoAnnotations(inputDataFilePath));

    /// <summary>The same of either.</summary>
    public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath)
        => IsVott(inputDataFilePath) ? LoadIDataViewFromVOTTFile(mlContext, inputDataFilePath) : LoadIDataViewFromCOCOFile(mlContext, inputDataFilePath);

    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath)
    {
        using var file = File.Create(modelSavePath);
        mlContext.Model.Save(model, data.Schema, file);
    }

    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData) => BuildPipeline(mlContext).Fit(trainData);

    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext)
    {
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: @"Labels", inputColumnName: @"Labels", addKeyValueAnnotationsAsText: false)
            // In place of: .Append(mlContext.MulticlassClassification.Trainers.ObjectDetection(new ObjectDetectionTrainer.Options() { … }))
            // The ResizeImages before it can go, and with it the letterbox arithmetic where boxes are loaded and predicted. Kept, it does no harm.
            .Append(mlContext.DistillObjectDetection(Distillation()))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: @"PredictedLabel", inputColumnName: @"PredictedLabel"));
        return pipeline;
    }

    private static ObjectDetectionDistillationOptions Distillation() => new()
    {
        LabelColumnName = @"Labels",
        BoundingBoxColumnName = @"Box",
        ImageColumnName = @"Image",
        ScoreColumnName = @"score",
        Teacher = DetectorStudentTeacher.FromOnnx(TeacherFilePath),
        Student = ObjectDetector.YoloV5n,
        Methods = { new YoloFeatureDistillation() },
        ImageSize = new ImageSize(TrainingImageWidth, TrainingImageHeight),
        Epochs = MaxEpoch,
        BatchSize = 8,
        Optimizer = new AdamWOptions { LearningRate = .001 },
        Schedule = new WarmUpCosine { WarmUpEpochs = Math.Min(3, MaxEpoch - 1), FinalFactor = .01 },
        // Mosaics are for long runs: YOLOv5's last epochs go without, and so few epochs are those.
        Augmentation = new DetectionAugmentation { Mosaic = 0 },
    };

    private static IDataView AsModelInput(MLContext mlContext, IDataView annotated)
        => mlContext.Transforms.LoadImages(@"Image", imageFolder: "", inputColumnName: "ImagePath")
            .Append(mlContext.Transforms.CopyColumns(@"Labels", "Label"))
            .Append(mlContext.Transforms.CopyColumns(@"Box", "BoundingBoxes"))
            .Fit(annotated).Transform(annotated);

    private static bool IsVott(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("assets", out _);
    }
}
