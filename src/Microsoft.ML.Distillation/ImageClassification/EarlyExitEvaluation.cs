using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>Shares of images classified right.</summary>
/// <param name="Accuracy">By each model.</param>
/// <param name="Ensemble">By the mean of their probabilities.</param>
internal sealed record EarlyExitAccuracy(int Rows, IReadOnlyList<double> Accuracy, double Ensemble);

/// <summary>Measures early exits on labelled images that are prepared as for training.</summary>
/// <param name="labelColumn">The label; its classes are matched by name.</param>
internal sealed class EarlyExitEvaluation(PreparedImages images, string labelColumn, IReadOnlyList<string> classNames)
{
    public EarlyExitAccuracy Measure(IReadOnlyList<OnnxRunner> models, IDataView data)
    {
        using var store = images.Read(data, LabelColumn.Find(data.Schema, labelColumn).InOrderOf(classNames), "evaluation");
        return Measure(models, store);
    }

    /// <param name="store">Images whose labels count the student's classes.</param>
    public EarlyExitAccuracy Measure(IReadOnlyList<OnnxRunner> models, PixelStore store)
    {
        var right = new long[models.Count + 1];
        var first = 0;
        foreach (var (pixels, shape) in ImageBatches.Of(store).All())
        {
            var probabilities = models.Select(m => m.Run(pixels, shape, ["probabilities"])[0].Floats).ToList();
            for (var row = 0; row < shape[0]; row++)
                Count(probabilities, row, store.Labels[first + row], right);
            first += (int)shape[0];
        }
        var shares = right.Select(r => r / (double)store.Count).ToList();
        return new EarlyExitAccuracy(store.Count, shares[..^1], shares[^1]);
    }

    private void Count(List<float[]> probabilities, int row, int label, long[] right)
    {
        var classes = classNames.Count;
        var sum = new double[classes];
        for (var model = 0; model < probabilities.Count; model++)
        {
            var scores = probabilities[model].AsSpan(row * classes, classes);
            right[model] += Best(scores) == label ? 1 : 0;
            for (var i = 0; i < classes; i++)
                sum[i] += scores[i];
        }
        right[^1] += Best<double>(sum) == label ? 1 : 0;
    }

    private static int Best<T>(ReadOnlySpan<T> scores) where T : IComparable<T>
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i].CompareTo(scores[best]) > 0)
                best = i;
        }
        return best;
    }
}
