using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Samples.ModelBuilder;

/// <summary>This part trains. What distils is one line of <see cref="BuildPipeline"/>.</summary>
public partial class PictureModel
{
    public const string RetrainFilePath = @"train";

    /// <summary>The file of the model to learn from.</summary>
    public static string TeacherFilePath { get; set; } = @"teacher.onnx";

    private static readonly string[] _imageExtensions = [".png", ".jpg", ".jpeg", ".gif"];

    /// <summary>Trains a model and saves it.</summary>
    /// <param name="outputModelPath">The file to write.</param>
    /// <param name="inputDataFolderPath">A folder of images, in folders named for their class.</param>
    public static void Train(string outputModelPath, string inputDataFolderPath = RetrainFilePath)
    {
        var mlContext = new MLContext(seed: 1);
        var data = LoadImageFromFolder(mlContext, inputDataFolderPath);
        var model = RetrainModel(mlContext, data);
        SaveModel(mlContext, model, data, outputModelPath);
    }

    /// <summary>A row for every image. A file is read whenever its row is: memory holds one image, not all.</summary>
    public static IDataView LoadImageFromFolder(MLContext mlContext, string folder)
        => mlContext.Data.LoadFromEnumerable(
            from directory in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
            from file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)
            where _imageExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
            select new ModelInput { Label = Path.GetFileName(directory), ImageSource = File.ReadAllBytes(file) });

    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath)
    {
        using var file = File.Create(modelSavePath);
        mlContext.Model.Save(model, data.Schema, file);
    }

    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData) => BuildPipeline(mlContext).Fit(trainData);

    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext)
    {
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: @"Label", inputColumnName: @"Label", addKeyValueAnnotationsAsText: false)
            // In place of: .Append(mlContext.MulticlassClassification.Trainers.ImageClassification(labelColumnName: @"Label", scoreColumnName: @"Score", featureColumnName: @"ImageSource"))
            .Append(mlContext.DistillImageClassification(OnnxTeacher.FromFile(TeacherFilePath), ImageClassifier.ResNet8, imageColumnName: @"ImageSource"))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: @"PredictedLabel", inputColumnName: @"PredictedLabel"));
        return pipeline;
    }
}
