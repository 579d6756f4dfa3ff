using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Images as a model takes them, to be gone through more than once.</summary>
/// <param name="Read">Gives some images from a row on, float N×3×H×W, RGB 0…255.</param>
internal sealed record ImageBatches(int Count, ImageSize Size, Func<int, int, float[]> Read)
{
    // All activations of a batch are looked at together: larger images come fewer at a time.
    private const long PixelsPerBatch = 1 << 18;
    private const int MostTogether = 32;

    /// <summary>Images of a batch.</summary>
    public int MostRows => (int)Math.Clamp(PixelsPerBatch / Size.Pixels, 1, MostTogether);

    /// <param name="most">The most images; fewer than there are come evenly spread over the rows.</param>
    public static ImageBatches Of(PixelStore store, int most = int.MaxValue) => new(Math.Min(store.Count, most), store.Size, (first, rows) =>
    {
        var pixels = new float[(long)rows * store.RowBytes];
        for (var row = 0; row < rows; row++)
        {
            var bytes = store.Pixels((int)((long)(first + row) * store.Count / Math.Min(store.Count, most)));
            for (var i = 0; i < bytes.Length; i++)
                pixels[row * store.RowBytes + i] = bytes[i];
        }
        return pixels;
    });

    public IEnumerable<(float[] Pixels, long[] Shape)> All(CancellationToken cancellation = default)
    {
        var most = MostRows;
        for (var first = 0; first < Count; first += most)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(most, Count - first);
            yield return (Read(first, rows), [rows, 3, Size.Height, Size.Width]);
        }
    }
}
