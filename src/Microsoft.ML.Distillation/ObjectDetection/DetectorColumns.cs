namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Names of a detector's outputs.</summary>
/// <param name="Labels">Class of each object, a vector of keys.</param>
/// <param name="Scores">Confidence in each object, a vector of float.</param>
/// <param name="Boxes">x0 y0 x1 y1 of each object, a vector of float, in pixels of the image.</param>
internal sealed record DetectorColumns(string Labels = "PredictedLabel", string Scores = "Score", string Boxes = "PredictedBoundingBoxes");
