using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;

namespace Samples.ModelBuilder;

/// <summary>An object detector in the shape that Model Builder gives. This part predicts; boxes come in pixels of the image as it was given, and nothing is left to be computed.</summary>
public partial class ObjectModel
{
    #region model input class
    public class ModelInput
    {
        [ColumnName(@"Labels")]
        public string[] Labels { get; set; } = [];

        // Model Builder's [ImageType(height, width)] says a size that images then must be brought to; this says any.
        [ColumnName(@"Image")]
        [AnySizeImage]
        public MLImage? Image { get; set; }

        /// <summary>x0 y0 x1 y1 of each object.</summary>
        [ColumnName(@"Box")]
        public float[] Box { get; set; } = [];
    }
    #endregion

    #region model output class
    public class ModelOutput
    {
        [ColumnName(@"Labels")]
        public uint[] Labels { get; set; } = [];

        [ColumnName(@"Image")]
        [AnySizeImage]
        public MLImage? Image { get; set; }

        [ColumnName(@"Box")]
        public float[] Box { get; set; } = [];

        [ColumnName(@"PredictedLabel")]
        public string[] PredictedLabel { get; set; } = [];

        [ColumnName(@"score")]
        public float[] Score { get; set; } = [];

        /// <summary>x0 y0 x1 y1 of each object found, in pixels of the image that was given.</summary>
        [ColumnName(@"PredictedBoundingBoxes")]
        public float[] PredictedBoundingBoxes { get; set; } = [];
    }
    #endregion

    private static readonly string MLNetModelPath = Path.GetFullPath("ObjectModel.mlnet");

    public static readonly Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine = new(CreatePredictEngine, true);

    /// <summary>What the model finds on an image, the surest first. Model Builder's own <c>Predict</c> has to take the letterbox off the boxes here.</summary>
    public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);

    private static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
    {
        var mlContext = new MLContext();
        var mlModel = mlContext.Model.Load(MLNetModelPath, out _);
        return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlModel);
    }
}
