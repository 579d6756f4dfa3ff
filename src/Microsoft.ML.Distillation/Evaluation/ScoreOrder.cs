namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Ranks scores, best first; equal ones keep their order, and what is no number comes last.</summary>
internal static class ScoreOrder
{
    public static int[] Of(double[] scores, int count)
    {
        var order = new int[count];
        var ranked = true;
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
            ranked &= i == 0 || scores[i].CompareTo(scores[i - 1]) <= 0;
        }
        if (!ranked) // most detectors rank an image's detections themselves
        {
            order.AsSpan().Sort((i, j) => scores[j].CompareTo(scores[i]) is not 0 and var byScore ? byScore : i - j);
        }
        return order;
    }
}
