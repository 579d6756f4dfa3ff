namespace Microsoft.ML.Distillation.Scoring;

/// <summary>Outputs of the graphs in saved models, and the columns they become.</summary>
internal static class GraphOutputs
{
    /// <summary>A classifier's only one, N×C.</summary>
    public const string Logits = "distillation.logits";

    /// <summary>A detector's, for images of which the one with the most boxes has n: N×4n, N×n and N×n (int64), where −1 is in the places past an image's last box.</summary>
    public const string Boxes = "distillation.boxes", Scores = "distillation.scores", Classes = "distillation.classes";

    /// <summary>Width and height of a detector's input, int64, 1×2 for however many images.</summary>
    public const string InputSize = "distillation.input";
}
