using Microsoft.ML;
using Microsoft.ML.Data;

namespace Samples.ImageClassification;

/// <summary>Judges a model on the test images with ML.NET's own evaluator.</summary>
internal sealed class Evaluation(MLContext ml, IDataView test)
{
    // A model that was saved and loaded computes the same function; sums may be taken in another order.
    private const float ScoreTolerance = 1e-4f;

    /// <summary>The test images with what the model says of them, computed once.</summary>
    public IDataView Score(ITransformer model) => ml.Data.Cache(model.Transform(test), "Label", "Score", "PredictedLabel");

    public MulticlassClassificationMetrics Measure(IDataView scored) => ml.MulticlassClassification.Evaluate(scored);

    /// <summary>Throws where two models disagree.</summary>
    public void RequireEqual(IDataView fitted, IDataView reloaded)
    {
        var row = 0;
        foreach (var (one, other) in Rows(fitted).Zip(Rows(reloaded)))
        {
            var apart = one.Score.Zip(other.Score, (a, b) => MathF.Abs(a - b)).Max();
            if (!(apart <= ScoreTolerance) || one.PredictedLabel != other.PredictedLabel)
                throw new InvalidDataException($"test image {row}: the reloaded student's scores differ by {apart} from those of the student that was saved.");
            row++;
        }
    }

    private IEnumerable<ScoredRow> Rows(IDataView scored) => ml.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false, ignoreMissingColumns: true);

    private sealed class ScoredRow
    {
        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }
}
