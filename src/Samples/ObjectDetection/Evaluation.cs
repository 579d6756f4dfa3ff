using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Samples.ObjectDetection;

/// <summary>What a model says of an image.</summary>
internal sealed class Detections
{
    public string ImagePath { get; set; } = "";

    public string[] PredictedName { get; set; } = [];

    public float[] Score { get; set; } = [];

    /// <summary>x0 y0 x1 y1 of each, in pixels of the image.</summary>
    public float[] PredictedBoundingBoxes { get; set; } = [];
}

/// <summary>Judges a model on the test images, as the COCO challenge does.</summary>
internal sealed class Evaluation(MLContext ml, IDataView test)
{
    private static readonly string[] _columns = ["ImagePath", "Label", "BoundingBoxes", "Area", "IsCrowd", "PredictedLabel", "PredictedName", "Score", "PredictedBoundingBoxes"];

    // A model that was saved and loaded computes the same function; sums may be taken in another order.
    private const float ScoreTolerance = 1e-4f, EdgeTolerance = 1e-2f;

    /// <summary>The test images with what the model says of them, computed once.</summary>
    public IDataView Score(ITransformer model) => ml.Data.Cache(model.Transform(test), _columns);

    public DetectionMetrics Measure(IDataView scored) => ml.EvaluateObjectDetection(scored, areaColumnName: "Area", crowdColumnName: "IsCrowd");

    public IEnumerable<Detections> Rows(IDataView scored) => ml.Data.CreateEnumerable<Detections>(scored, reuseRowObject: false, ignoreMissingColumns: true);

    /// <summary>Throws where two models disagree.</summary>
    public void RequireEqual(IDataView fitted, IDataView reloaded)
    {
        foreach (var (one, other) in Rows(fitted).Zip(Rows(reloaded)))
        {
            if (!one.PredictedName.SequenceEqual(other.PredictedName) || Apart(one.Score, other.Score) > ScoreTolerance || Apart(one.PredictedBoundingBoxes, other.PredictedBoundingBoxes) > EdgeTolerance)
                throw new InvalidDataException($"'{one.ImagePath}': the reloaded student finds other objects than the student that was saved.");
        }
    }

    private static float Apart(float[] one, float[] other)
        => one.Length != other.Length ? float.PositiveInfinity : one.Zip(other, (a, b) => MathF.Abs(a - b)).DefaultIfEmpty().Max();
}
