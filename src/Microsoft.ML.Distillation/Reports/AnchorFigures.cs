namespace Microsoft.ML.Distillation;

/// <summary>
/// How well a YOLO student's anchors suit the training boxes, by their best possible recall: the share of the boxes, in pixels of the student's input, that some anchor can answer for
/// (<see cref="YoloLossOptions.AnchorThreshold"/>). Of the others a student learns nothing.
/// </summary>
public sealed record AnchorFigures
{
    /// <summary>Of the anchors it trained with.</summary>
    /// <value>0 to 1.</value>
    public required double BestPossibleRecall { get; init; }

    /// <summary>Of its own anchors, before they were fitted (<see cref="ObjectDetectionDistillationOptions.FitAnchors"/>) or the teacher's taken: the published ones, or those of the file it started from.</summary>
    /// <value>0 to 1.</value>
    public required double OwnBestPossibleRecall { get; init; }
}
