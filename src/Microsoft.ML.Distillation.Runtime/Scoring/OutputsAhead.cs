using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>A graph's outputs on a data view's rows one after another, computed a batch at a time; behind them the images' sizes, where there are any.</summary>
internal sealed class OutputsAhead : IDisposable
{
    private readonly BatchSession _session;
    private readonly string[] _outputs;
    private readonly DataViewSchema.Column? _size;
    private readonly int _firstOutput;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getPixels;
    private readonly ValueGetter<VBuffer<long>>? _getSize;
    private readonly float[] _images;
    private readonly int _batchSize;
    private VBuffer<float> _pixels;
    private VBuffer<long> _pair;
    private BatchColumn[] _columns = [];
    private int _rows;
    private int _row = -1;

    /// <param name="outputs">The names of those that follow the columns of the data.</param>
    /// <param name="size">Width and height; null where images weren't measured.</param>
    public OutputsAhead(IDataView data, BatchSession session, string[] outputs, DataViewSchema.Column? size, int batchSize)
    {
        (_session, _outputs, _size, _firstOutput, _batchSize) = (session, outputs, size, data.Schema.Count, batchSize);
        _images = new float[checked(batchSize * session.PixelCount)];
        var pixels = data.Schema[session.Pixels];
        _cursor = data.GetRowCursor(size is { } measured ? [pixels, measured] : [pixels]);
        _getPixels = _cursor.GetGetter<VBuffer<float>>(pixels);
        _getSize = size is { } column ? _cursor.GetGetter<VBuffer<long>>(column) : null;
    }

    /// <summary>Where a column is among those read ahead; null where it is none of them.</summary>
    public int? PlaceOf(DataViewSchema.Column column) => column.Index >= _firstOutput ? column.Index - _firstOutput : column.Index == _size?.Index ? _outputs.Length : null;

    /// <summary>A column's values in the row it stands on.</summary>
    public ReadOnlySpan<T> Current<T>(int place) => _columns[place].Row<T>(_row);

    /// <summary>Goes to the next row, of which there must be one.</summary>
    public void MoveNext()
    {
        if (++_row < _rows)
            return;
        (_row, _rows) = (0, 0);
        var sizes = new long[2 * _batchSize];
        while (_rows < _batchSize && _cursor.MoveNext())
            ReadRow(sizes.AsSpan(2 * _rows, 2));
        if (_rows == 0)
            throw new InvalidOperationException("The data had more rows the first time than the second: scoring in batches reads it twice at once. Cache it, or score it by Transform.");
        _columns = [.. _session.Run(_images, _rows, _outputs), BatchColumn.Of(sizes, stride: 2, length: 2, _rows)];
    }

    public void Dispose() => _cursor.Dispose();

    private void ReadRow(Span<long> size)
    {
        if (_getSize is not null)
        {
            _getSize(ref _pair);
            _pair.CopyTo(size);
        }
        _getPixels(ref _pixels);
        if (_pixels.Length != _session.PixelCount)
            throw new InvalidDataException($"Row {_cursor.Position} has no image: {_pixels.Length} values for pixels, where the model takes {_session.PixelCount}. Remove such rows.");
        _pixels.CopyTo(_images, _rows++ * _session.PixelCount);
    }
}
