using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>What a network says of held-out images.</summary>
/// <param name="Scores">Null for a network without classes.</param>
/// <param name="Vectors">The vector before the classifier, of <see cref="HeldOutImages.VectorRows"/>; null for a network that gives none.</param>
internal sealed record HeldOutLook(ClassScores? Scores, IReadOnlyList<float[]>? Vectors);

/// <summary>Labelled images that train nobody, for networks to be measured on.</summary>
/// <param name="rows">The rows the images come from, in their order, for teachers that go by rows; null where they come from elsewhere.</param>
/// <param name="batch">Images at a time.</param>
internal sealed class HeldOutImages(PixelStore store, IDataView? rows, int batch, Device device, CancellationToken cancellation)
{
    private const int MostVectors = 2000;

    public PixelStore Store => store;

    public IDataView? Rows => rows;

    public Device Device => device;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Images whose vectors are kept: all, or evenly spaced ones.</summary>
    public IReadOnlyList<int> VectorRows { get; } =
        [.. Enumerable.Range(0, Math.Min(store.Count, MostVectors)).Select(i => (int)((long)i * store.Count / Math.Min(store.Count, MostVectors)))];

    /// <param name="forward">From pixels, float N×3×H×W of the stored size, and their rows.</param>
    public HeldOutLook Look(Func<Tensor, IReadOnlyList<int>, ModelOutput> forward)
    {
        var (predicted, confidences) = (new int[store.Count], new float[store.Count]);
        var (wanted, vectors, scored) = (VectorRows.ToHashSet(), new List<float[]>(), false);
        Visit([.. Enumerable.Range(0, store.Count)], (pixels, asked, first) =>
        {
            var output = forward(pixels, asked);
            if (output.Logits is { } logits)
            {
                scored = true;
                var best = logits.argmax(1, true);
                var classes = MemoryMarshal.Cast<byte, long>(best.cpu().bytes);
                var shares = Floats(logits.softmax(1).gather(1, best));
                for (var i = 0; i < asked.Length; i++)
                    (predicted[first + i], confidences[first + i]) = ((int)classes[i], shares[i]);
            }
            if (output.Embedding is { } embedding)
                vectors.AddRange(RowsOf(embedding).Where((_, i) => wanted.Contains(asked[i])));
        });
        return new HeldOutLook(scored ? new ClassScores(predicted, confidences, store.Labels) : null, vectors.Count == 0 ? null : vectors);
    }

    public void Visit(IReadOnlyList<int> places, Action<Tensor, int[], int> visit) => StoredBatches.Visit(store, places, batch, device, visit, cancellation);

    private static IEnumerable<float[]> RowsOf(Tensor vectors)
    {
        var length = (int)vectors.shape[1];
        return Floats(vectors).Chunk(length);
    }

    private static float[] Floats(Tensor values) => MemoryMarshal.Cast<byte, float>(values.to(ScalarType.Float32).cpu().contiguous().bytes).ToArray();
}
