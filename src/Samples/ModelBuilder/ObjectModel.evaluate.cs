using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Samples.ModelBuilder;

/// <summary>This part measures.</summary>
public partial class ObjectModel
{
    /// <summary>Mean average precision and recall of a model on labelled images, as the COCO challenge computes them.</summary>
    /// <param name="model">Of <see cref="RetrainModel"/>, or loaded from its file.</param>
    /// <param name="testData">Of <see cref="LoadIDataViewFromFile"/>.</param>
    public static DetectionMetrics Evaluate(MLContext mlContext, ITransformer model, IDataView testData)
        => mlContext.EvaluateObjectDetection(model.Transform(testData), labelColumnName: @"Labels", boundingBoxColumnName: @"Box", scoreColumnName: @"score");

    /// <inheritdoc cref="Evaluate(MLContext, ITransformer, IDataView)"/>
    /// <param name="modelPath">The file of a model.</param>
    /// <param name="annotations">Annotations as VoTT or COCO has them, with the images beside.</param>
    public static DetectionMetrics Evaluate(string modelPath, string annotations)
    {
        var mlContext = new MLContext();
        return Evaluate(mlContext, mlContext.Model.Load(modelPath, out _), LoadIDataViewFromFile(mlContext, annotations));
    }
}
