namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// An output that is to be called otherwise than ML.NET's softmax layer calls it. Where the data has a column of the layer's name already (an
/// earlier model's score), it is put aside and comes back: only the wanted names are this model's.
/// </summary>
/// <param name="Wanted">As the options name it.</param>
/// <param name="Made">As the layer names it.</param>
internal sealed record RenamedOutput(string Wanted, string Made)
{
    /// <summary>Where a column of the layer's name waits.</summary>
    public string Aside => $"distillation.aside.{Made}";

    public static IReadOnlyList<RenamedOutput> Find(string scoreColumn, string predictedLabelColumn)
    {
        RenamedOutput[] all = [new(scoreColumn, SoftmaxLayer.ScoreColumn), new(predictedLabelColumn, SoftmaxLayer.PredictedLabelColumn)];
        return [.. all.Where(output => output.Wanted != output.Made)];
    }
}
