using Microsoft.ML;
using Microsoft.ML.Data;

namespace Samples.ModelBuilder;

/// <summary>This part measures.</summary>
public partial class PictureModel
{
    /// <summary>Accuracy and losses of a model on labelled images, by ML.NET's own evaluator.</summary>
    /// <param name="model">Of <see cref="RetrainModel"/>, or loaded from its file.</param>
    /// <param name="testData">Of <see cref="LoadImageFromFolder"/>.</param>
    public static MulticlassClassificationMetrics Evaluate(MLContext mlContext, ITransformer model, IDataView testData)
    {
        var scored = model.Transform(testData);
        // The evaluator compares keys, and the pipeline ends with names: they become keys again, in the order of the scores.
        var names = mlContext.Data.LoadFromEnumerable(GetLabels(scored.Schema).Select(name => new ClassName { PredictedLabel = name }));
        var keys = mlContext.Transforms.Conversion.MapValueToKey(@"PredictedLabel", keyData: names);
        return mlContext.MulticlassClassification.Evaluate(keys.Fit(scored).Transform(scored));
    }

    /// <inheritdoc cref="Evaluate(MLContext, ITransformer, IDataView)"/>
    /// <param name="modelPath">The file of a model.</param>
    /// <param name="folder">Images in folders named for their class.</param>
    public static MulticlassClassificationMetrics Evaluate(string modelPath, string folder)
    {
        var mlContext = new MLContext();
        return Evaluate(mlContext, mlContext.Model.Load(modelPath, out _), LoadImageFromFolder(mlContext, folder));
    }

    private sealed class ClassName
    {
        public string PredictedLabel { get; set; } = "";
    }
}
