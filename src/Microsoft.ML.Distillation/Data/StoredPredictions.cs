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
        StoredBatches.Visit(store, rows, batch, device, Read, cancellation);
        return predicted;

        void Read(Tensor pixels, int[] asked, int first)
        {
            var best = logits(pixels, asked).argmax(1).cpu();
            var classes = MemoryMarshal.Cast<byte, long>(best.bytes);
            for (var i = 0; i < asked.Length; i++)
                predicted[first + i] = (int)classes[i];
        }
    }
}
