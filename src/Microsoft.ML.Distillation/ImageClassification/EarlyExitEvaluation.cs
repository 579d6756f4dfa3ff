using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>Shares of images classified right.</summary>
/// <param name="Accuracy">By each model.</param>
/// <param name="Ensemble">By the mean of their probabilities.</param>
internal sealed record EarlyExitAccuracy(int Rows, IReadOnlyList<double> Accuracy, double Ensemble);

/// <summary>Measures early exits on labelled images that are prepared as for training.</summary>
/// <param name="labelColumn">The label; its classes are matched by name.</param>
internal sealed class EarlyExitEvaluation(MLContext ml, ImagePreparation preparation, string labelColumn, IReadOnlyList<string> classNames, long memoryBudget)
{
    private const int Batch = 64;

    public EarlyExitAccuracy Measure(IReadOnlyList<OnnxRunner> models, IDataView data)
    {
        var label = LabelColumn.Find(data.Schema, labelColumn);
        var places = Places(label);
        using var store = new PixelStore(preparation.Size, memoryBudget, PixelStore.TemporaryFolder(ml));
        ImageReader.Read(data, preparation, label, store, "evaluation", null, CancellationToken.None);
        return Measure(models, store, row => places[row]);
    }

    /// <param name="classOf">From a label in the store to a class of the student.</param>
    public EarlyExitAccuracy Measure(IReadOnlyList<OnnxRunner> models, PixelStore store, Func<int, int> classOf)
    {
        var right = new long[models.Count + 1];
        for (var first = 0; first < store.Count; first += Batch)
        {
            var rows = Math.Min(Batch, store.Count - first);
            var pixels = Pixels(store, first, rows);
            var probabilities = models.Select(m => m.Run(pixels, [rows, 3, store.Size.Height, store.Size.Width], ["probabilities"])[0].Floats).ToList();
            for (var row = 0; row < rows; row++)
                Count(probabilities, row, classOf(store.Labels[first + row]), right);
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

    private static float[] Pixels(PixelStore store, int first, int rows)
    {
        var pixels = new float[rows * store.RowBytes];
        for (var row = 0; row < rows; row++)
        {
            var bytes = store.Pixels(first + row);
            for (var i = 0; i < bytes.Length; i++)
                pixels[row * store.RowBytes + i] = bytes[i];
        }
        return pixels;
    }

    private int[] Places(LabelColumn label)
    {
        var known = classNames.Select((name, place) => (name, place)).ToDictionary(c => c.name, c => c.place, StringComparer.Ordinal);
        var unknown = label.ClassNames.Where(c => !known.ContainsKey(c)).ToList();
        return unknown.Count == 0
            ? [.. label.ClassNames.Select(c => known[c])]
            : throw new ArgumentException($"The label '{labelColumn}' has classes the student was not trained on: {string.Join(", ", unknown)}; it knows {string.Join(", ", classNames)}.", nameof(label));
    }
}
