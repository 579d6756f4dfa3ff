using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Data;

/// <summary>What a network says of stored images, as they are: batch by batch, without gradients.</summary>
internal static class StoredPredictions
{
    /// <param name="rows">Places in the store.</param>
    /// <param name="batch">Images at a time: the memory that the network's maps of them need is the caller's to know.</param>
    /// <param name="logits">From pixels, float N×3×H×W of the stored size, and their rows to logits N×C.</param>
    /// <returns>For each of <paramref name="rows"/> the most likely class.</returns>
    public static int[] Classes(PixelStore store, IReadOnlyList<int> rows, int batch, Device device, Func<Tensor, IReadOnlyList<int>, Tensor> logits, CancellationToken cancellation)
    {
        var predicted = new int[rows.Count];
        StoredBatches.Visit(store, rows, batch, device, (pixels, asked, first) => CopyClasses(logits(pixels, asked), predicted.AsSpan(first)), cancellation);
        return predicted;
    }

    /// <summary>Writes the place of each row's highest value.</summary>
    /// <param name="logits">N×C.</param>
    public static void CopyClasses(Tensor logits, Span<int> to)
    {
        using var best = logits.argmax(1).cpu();
        var classes = MemoryMarshal.Cast<byte, long>(best.bytes);
        for (var i = 0; i < classes.Length; i++)
            to[i] = (int)classes[i];
    }
}
