using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>A row's image as a graph takes it, and how large it was.</summary>
internal sealed class ScoredImage : OrderedRow
{
    private VBuffer<float> _pixels;
    private VBuffer<long> _size;

    public ref VBuffer<float> Pixels => ref _pixels;

    /// <summary>Width and height; nothing where images aren't measured.</summary>
    public ReadOnlySpan<long> Size => _size.GetValues();

    /// <summary>What reads a cursor's row.</summary>
    /// <param name="size">Null where images aren't measured.</param>
    public static Action<ScoredImage> Reader(DataViewRow row, DataViewSchema.Column pixels, DataViewSchema.Column? size)
    {
        var getPixels = row.GetGetter<VBuffer<float>>(pixels);
        var getSize = size is { } column ? row.GetGetter<VBuffer<long>>(column) : null;
        return image =>
        {
            getPixels(ref image._pixels);
            getSize?.Invoke(ref image._size);
        };
    }

    public override void Clear()
    {
    }
}
