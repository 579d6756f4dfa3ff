using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Images as a model takes them, to be gone through more than once.</summary>
/// <param name="Read">Gives some images from a row on, float N×3×H×W, RGB 0…255.</param>
internal sealed record ImageBatches(int Count, ImageSize Size, Func<int, int, float[]> Read)
{
    // All activations of a batch are looked at together: larger images come fewer at a time.
    private const long PixelsPerBatch = 1 << 18;
    private const int MostRows = 32;

    public static ImageBatches Of(PixelStore store) => new(store.Count, store.Size, (first, rows) =>
    {
        var pixels = new float[(long)rows * store.RowBytes];
        for (var row = 0; row < rows; row++)
        {
            var bytes = store.Pixels(first + row);
            for (var i = 0; i < bytes.Length; i++)
                pixels[row * store.RowBytes + i] = bytes[i];
        }
        return pixels;
    });

    public IEnumerable<(float[] Pixels, long[] Shape)> All(CancellationToken cancellation = default)
    {
        var most = (int)Math.Clamp(PixelsPerBatch / Size.Pixels, 1, MostRows);
        for (var first = 0; first < Count; first += most)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(most, Count - first);
            yield return (Read(first, rows), [rows, 3, Size.Height, Size.Width]);
        }
    }
}
