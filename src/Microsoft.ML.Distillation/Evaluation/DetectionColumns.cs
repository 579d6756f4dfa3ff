namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Names of the columns an evaluation reads.</summary>
internal sealed record DetectionColumns(
    string Label, string BoundingBoxes, string PredictedLabel, string PredictedBoundingBoxes, string Score, string? Area = null, string? Crowd = null);
