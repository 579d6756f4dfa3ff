using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML;

/// <summary>The door to the evaluation of object detectors, on <see cref="MLContext"/>.</summary>
public static class ObjectDetectionEvaluationExtensions
{
    /// <summary>Compares predicted boxes with true ones as the COCO challenge does: mean average precision, recall, and both by class.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="data">One row an image, as a detector of this library or ML.NET's transformed it.</param>
    /// <param name="labelColumnName">Classes of the true objects: a vector of keys or of text, empty for an image without any.</param>
    /// <param name="boundingBoxColumnName">Their boxes: a vector of float or double, x0 y0 x1 y1 of each, in pixels.</param>
    /// <param name="predictedLabelColumnName">Classes of the detections: a vector of keys or of text.</param>
    /// <param name="predictedBoundingBoxColumnName">Boxes of the detections, like the true ones and in the same pixels.</param>
    /// <param name="scoreColumnName">How sure the detector is of each: a vector of float or double; only their order matters.</param>
    /// <param name="areaColumnName">
    /// Areas of the true objects, a vector of float or double in square pixels, as COCO's annotations give them by the outline (<c>Area</c> of <see cref="AnnotatedImage"/>); null for those of the boxes. They decide what is small,
    /// medium and large.
    /// </param>
    /// <param name="crowdColumnName">A vector of bool that marks true boxes that hold crowds: detections in them are neither right nor wrong (<c>IsCrowd</c> of <see cref="AnnotatedImage"/>); null if there are none.</param>
    /// <returns>The figures.</returns>
    /// <remarks>
    /// <para>
    /// Classes of the two columns are matched by name: the keys' values or the text; keys without values by their number. Score all that the detector has, not just what is above
    /// some threshold: average precision is of the whole ranking.
    /// </para>
    /// <para>
    /// Equals the COCO API (pycocotools). A float is taken for the shortest decimal number that rounds to it, so a box of 10.1 to 42.1 is 32 wide, as in the file it came
    /// from; a box whose right edge is left of its left edge is an error among true boxes, and finds nothing among predicted ones.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The data has no rows, or columns of a row don't fit together; the message names row and column.</exception>
    public static DetectionMetrics EvaluateObjectDetection(
        this MLContext ml, IDataView data, string labelColumnName = "Label", string boundingBoxColumnName = "BoundingBoxes",
        string predictedLabelColumnName = "PredictedLabel", string predictedBoundingBoxColumnName = "PredictedBoundingBoxes", string scoreColumnName = "Score",
        string? areaColumnName = null, string? crowdColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(data);
        var reader = new DetectionReader(data.Schema, new(
            labelColumnName, boundingBoxColumnName, predictedLabelColumnName, predictedBoundingBoxColumnName, scoreColumnName, areaColumnName, crowdColumnName));
        var images = reader.Read(data);
        return CocoEvaluation.Evaluate(reader.ClassNames, images);
    }

    /// <summary>
    /// Measures a fitted detector of this library on labelled images as the COCO challenge does, as the report of its training does: with all boxes whose score is above 0.001, whatever
    /// <see cref="ObjectDetectionDistillationOptions.ScoreThreshold"/> it predicts with. Average precision is of the whole ranking, and a model that keeps to what it is sure of would come out worse than it is.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">What <c>Fit</c> gave: the detector, or a chain with one in it.</param>
    /// <param name="data">One row an image, with the columns that the model takes and the true objects.</param>
    /// <param name="labelColumnName">Classes of the true objects: a vector of keys or of text, empty for an image without any.</param>
    /// <param name="boundingBoxColumnName">Their boxes: a vector of float or double, x0 y0 x1 y1 of each, in pixels.</param>
    /// <param name="predictedLabelColumnName">Classes of the detections: a vector of keys or of text.</param>
    /// <param name="predictedBoundingBoxColumnName">Boxes of the detections.</param>
    /// <param name="scoreColumnName">How sure the detector is of each.</param>
    /// <param name="areaColumnName">Areas of the true objects, in square pixels; null for those of the boxes.</param>
    /// <param name="crowdColumnName">A vector of bool that marks true boxes that hold crowds; null if there are none.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">The model has no detector that was fitted by this library in this process, or several; a column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The data has no rows, or columns of a row don't fit together; the message names row and column.</exception>
    public static DetectionMetrics EvaluateObjectDetection(
        this MLContext ml, ITransformer model, IDataView data, string labelColumnName = "Label", string boundingBoxColumnName = "BoundingBoxes",
        string predictedLabelColumnName = "PredictedLabel", string predictedBoundingBoxColumnName = "PredictedBoundingBoxes", string scoreColumnName = "Score",
        string? areaColumnName = null, string? crowdColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        var steps = BulkScorer.Flat(model).ToList();
        var detectors = steps.OfType<ObjectDetectionDistillationTransformer>().Count();
        if (detectors != 1)
        {
            throw new ArgumentException(
                $"The model has {(detectors == 0 ? "no detector that was fitted here" : $"{detectors} detectors")}; one is needed. A loaded model finds what it was saved to find: train with ScoreThreshold = 0.001 to measure such a one, and pass EvaluateObjectDetection what its Transform gives.",
                nameof(model));
        }
        var scored = steps.Aggregate(data, (view, step) => step is ObjectDetectionDistillationTransformer detector ? detector.ScoreToMeasure(view) : step.Transform(view));
        return ml.EvaluateObjectDetection(
            scored, labelColumnName, boundingBoxColumnName, predictedLabelColumnName, predictedBoundingBoxColumnName, scoreColumnName, areaColumnName, crowdColumnName);
    }
}
