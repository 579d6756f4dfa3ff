using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Stored images as they are, batch by batch, without gradients.</summary>
internal static class StoredBatches
{
    /// <param name="rows">Places in the store.</param>
    /// <param name="batch">Images at a time: the memory that a network's maps of them need is the caller's to know.</param>
    /// <param name="visit">Given the pixels, float N×3×H×W of the stored size, their places in the store, and how many came before.</param>
    public static void Visit(PixelStore store, IReadOnlyList<int> rows, int batch, Device device, Action<Tensor, int[], int> visit, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        var pixels = new byte[checked(Math.Min(batch, rows.Count) * store.RowBytes)];
        for (var first = 0; first < rows.Count; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int[] asked = [.. rows.Skip(first).Take(batch)];
            for (var i = 0; i < asked.Length; i++)
                store.Pixels(asked[i]).CopyTo(pixels.AsSpan(i * store.RowBytes));
            visit(PixelTensor.Create(pixels, asked.Length, store.Size, device), asked, first);
        }
    }
}
