namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>What a classifier says of labelled images.</summary>
/// <param name="predicted">The most likely class of each image.</param>
/// <param name="confidences">The probability of that class.</param>
/// <param name="labels">The classes the images are of, from 0.</param>
internal sealed class ClassScores(int[] predicted, float[] confidences, IReadOnlyList<int> labels)
{
    public int Count => predicted.Length;

    public IReadOnlyList<int> Predicted => predicted;

    public IReadOnlyList<float> Confidences => confidences;

    public IReadOnlyList<int> Labels => labels;

    /// <summary>Share of images whose most likely class is the label.</summary>
    public double Accuracy { get; } = predicted.Zip(labels).Count(p => p.First == p.Second) / (double)predicted.Length;

    /// <summary>Share of images whose most likely class is the other's too.</summary>
    public double Agreement(ClassScores other) => predicted.Zip(other.Predicted).Count(p => p.First == p.Second) / (double)predicted.Length;

    /// <returns>Images by label (rows) and most likely class (columns).</returns>
    public int[][] Confusion(int classes)
    {
        var counts = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        for (var row = 0; row < predicted.Length; row++)
            counts[labels[row]][predicted[row]]++;
        return counts;
    }

    /// <returns>Places of the wrong images, the most confident first.</returns>
    public IReadOnlyList<int> WorstMistakes(int most) =>
        [.. Enumerable.Range(0, Count).Where(row => predicted[row] != labels[row]).OrderByDescending(row => confidences[row]).ThenBy(row => row).Take(most)];
}
