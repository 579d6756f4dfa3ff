namespace Microsoft.ML.Distillation.Tests.Evaluation;

/// <summary>A row as a detector leaves it.</summary>
internal sealed class DetectionRow
{
    public string[] Label { get; set; } = [];

    public float[] BoundingBoxes { get; set; } = [];

    public float[] Area { get; set; } = [];

    public bool[] IsCrowd { get; set; } = [];

    public string[] PredictedLabel { get; set; } = [];

    public float[] PredictedBoundingBoxes { get; set; } = [];

    public float[] Score { get; set; } = [];
}
