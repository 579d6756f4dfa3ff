using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>
/// A graph's outputs on a data view's rows one after another, computed a batch at a time while the next one is read; behind them the images' sizes, where there are any.
/// </summary>
internal sealed class OutputsAhead : IDisposable
{
    private readonly BatchSession _session;
    private readonly string[] _outputs;
    private readonly DataViewSchema.Column? _size;
    private readonly int _firstOutput;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getPixels;
    private readonly ValueGetter<VBuffer<long>>? _getSize;
    private ImageBatch _scored, _following;
    private VBuffer<float> _pixels;
    private VBuffer<long> _pair;
    private BatchColumn[] _columns = [];
    private bool _started;
    private int _row = -1;

    /// <param name="outputs">The names of those that follow the columns of the data.</param>
    /// <param name="size">Width and height; null where images weren't measured.</param>
    public OutputsAhead(IDataView data, BatchSession session, string[] outputs, DataViewSchema.Column? size, int batchSize)
    {
        (_session, _outputs, _size, _firstOutput) = (session, outputs, size, data.Schema.Count);
        (_scored, _following) = (new(batchSize, session.PixelCount), new(batchSize, session.PixelCount));
        var pixels = data.Schema[session.Pixels];
        _cursor = data.GetRowCursor(size is { } measured ? [pixels, measured] : [pixels]);
        try
        {
            _getPixels = _cursor.GetGetter<VBuffer<float>>(pixels);
            _getSize = size is { } column ? _cursor.GetGetter<VBuffer<long>>(column) : null;
        }
        catch
        {
            _cursor.Dispose();
            throw;
        }
    }

    /// <summary>Where a column is among those read ahead; null where it is none of them.</summary>
    public int? PlaceOf(DataViewSchema.Column column) => column.Index >= _firstOutput ? column.Index - _firstOutput : column.Index == _size?.Index ? _outputs.Length : null;

    /// <summary>A column's values in the row it stands on.</summary>
    public ReadOnlySpan<T> Current<T>(int place) => _columns[place].Row<T>(_row);

    /// <summary>Goes to the next row, of which there must be one.</summary>
    public void MoveNext()
    {
        if (++_row < _scored.Rows)
            return;
        if (!_started)
            _following.Fill(Read);
        (_row, _started, _scored, _following) = (0, true, _following, _scored);
        if (_scored.Rows == 0)
        {
            _following.EndAs(_scored);
            _scored.Fault?.Throw();
            throw new InvalidOperationException("The data had more rows the first time than the second: scoring in batches reads it twice at once. Cache it, or score it by Transform.");
        }
        Score();
    }

    public void Dispose() => _cursor.Dispose();

    private void Score()
    {
        var batch = _scored;
        var running = Task.Run(() => _session.Run(batch.Pixels, batch.Rows, _outputs));
        if (batch.IsLast)
            _following.EndAs(batch);
        else
            _following.Fill(Read);
        _columns = [.. running.GetAwaiter().GetResult(), BatchColumn.Of(batch.Sizes, stride: 2, length: 2, batch.Rows)];
    }

    private bool Read(ImageBatch batch, int row)
    {
        if (!_cursor.MoveNext())
            return false;
        if (_getSize is not null)
        {
            _getSize(ref _pair);
            _pair.CopyTo(batch.Sizes.AsSpan(2 * row, 2));
        }
        _getPixels(ref _pixels);
        if (_pixels.Length != _session.PixelCount)
            throw new InvalidDataException($"Row {_cursor.Position} has no image: {_pixels.Length} values for pixels, where the model takes {_session.PixelCount}. Remove such rows.");
        _pixels.CopyTo(batch.Pixels, row * _session.PixelCount);
        return true;
    }
}
