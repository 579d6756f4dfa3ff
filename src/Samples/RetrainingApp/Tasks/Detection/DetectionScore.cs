using Microsoft.ML;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>A detector's mean average precision, as the COCO challenge computes it.</summary>
internal sealed class DetectionScore(ImageFiles images, MLContext ml)
{
    public HeldOutFigure? Measure(LoadedModel model, IReadOnlyList<RunImage> heldOut)
    {
        // Without any object there is no precision.
        if (heldOut.All(row => row.Boxes.Count == 0))
            return null;
        var view = ml.Data.LoadFromEnumerable(heldOut.Select(row => new BoxedRow(images.Path(row.Id, row.Format), row.Boxes)).ToList());
        var metrics = ml.EvaluateObjectDetection(model.Transformer.Transform(view), predictedLabelColumnName: nameof(DetectorOutput.PredictedName));
        return HeldOutFigure.OfPrecision(metrics.MeanAveragePrecision, metrics.MeanAveragePrecision50, heldOut.Count);
    }
}
