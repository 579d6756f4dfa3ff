using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// Images, with labels or without, decoded and resized once: RGB bytes, planes one after another (3×H×W), in memory up to a budget and in
/// temporary memory-mapped files beyond it.
/// </summary>
internal sealed class PixelStore(ImageSize size, long memoryBudget, string temporaryFolder) : IDisposable
{
    /// <summary>Memory for pixels where no option says how much.</summary>
    public const long DefaultMemoryBudget = 4L << 30;

    /// <summary>The class of a row that has no label.</summary>
    public const int NoLabel = -1;

    private readonly RowBlocks _blocks = new(checked((int)(3 * size.Pixels)), int.MaxValue, memoryBudget, long.MaxValue, temporaryFolder);
    private readonly List<int> _labels = [];
    private readonly PixelStore? _whole;
    private readonly int[] _rows = [];

    private PixelStore(PixelStore whole, int[] rows) : this(whole.Size, 0, "")
    {
        (_whole, _rows) = (whole, rows);
        _labels.AddRange(rows.Select(row => whole.Labels[row]));
    }

    public ImageSize Size { get; } = size;

    /// <summary>Bytes of one image.</summary>
    public int RowBytes { get; } = checked((int)(3 * size.Pixels));

    public int Count => _labels.Count;

    /// <summary>Bytes it holds in memory, and not in files.</summary>
    public long MemoryBytes => _blocks.MemoryBytes;

    /// <summary>Class of each row, from 0, or <see cref="NoLabel"/> for all.</summary>
    public IReadOnlyList<int> Labels => _labels;

    public bool HasLabels => _labels.Count > 0 && _labels[0] != NoLabel;

    /// <summary>Where a context wants its temporary files.</summary>
    public static string TemporaryFolder(MLContext ml) => string.IsNullOrEmpty(ml.TempFilePath) ? Path.GetTempPath() : ml.TempFilePath;

    public ReadOnlySpan<byte> Pixels(int row) => _whole is not null ? _whole.Pixels(_rows[row]) : _blocks[row];

    /// <summary>Some of the rows as a store of their own, which lives as long as this one.</summary>
    public PixelStore Only(int[] rows) => new(this, rows);

    /// <summary>A row's place in the data that was read.</summary>
    public int Place(int row) => _whole is not null ? _whole.Place(_rows[row]) : row;

    /// <summary>Tells the rows from others: their pixels, classes and order.</summary>
    public string Fingerprint()
    {
        var hash = new ContentHash();
        for (var row = 0; row < Count; row++)
        {
            hash.Add(Labels[row]);
            hash.Add(Pixels(row));
        }
        return $"{Count} of {Size}, content {hash}";
    }

    /// <summary>Has a new store filled, and disposes of it where that fails.</summary>
    /// <param name="fill">Gives it back, with what else there is.</param>
    public static T Filled<T>(ImageSize size, long memoryBudget, string temporaryFolder, Func<PixelStore, T> fill)
    {
        var store = new PixelStore(size, memoryBudget, temporaryFolder);
        try
        {
            return fill(store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Appends a row and returns the place for its pixels.</summary>
    public Span<byte> Add(int label)
    {
        _blocks.TryAdd(out var row);
        _labels.Add(label);
        return row;
    }

    /// <summary>Mean and deviation of each channel over all rows, on the scale 0…1.</summary>
    public ImageNormalization MeasureNormalization()
    {
        var plane = RowBytes / 3;
        var counts = new long[3, 256];
        for (var row = 0; row < Count; row++)
        {
            var pixels = Pixels(row);
            for (var i = 0; i < pixels.Length; i++)
                counts[i / plane, pixels[i]]++;
        }
        var (mean, deviation) = (new float[3], new float[3]);
        for (var c = 0; c < 3; c++)
        {
            var values = Enumerable.Range(0, 256).Select(v => (Value: v / 255.0, Share: counts[c, v] / ((double)Count * plane))).ToList();
            var m = values.Sum(v => v.Share * v.Value);
            mean[c] = (float)m;
            // A channel of one colour has no deviation; 1/255 keeps it finite.
            deviation[c] = (float)Math.Max(1 / 255.0, Math.Sqrt(values.Sum(v => v.Share * (v.Value - m) * (v.Value - m))));
        }
        return ImageNormalization.Custom(mean, deviation);
    }

    public void Dispose() => _blocks.Dispose();
}
