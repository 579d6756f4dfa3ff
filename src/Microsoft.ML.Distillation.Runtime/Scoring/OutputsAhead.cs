using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>
/// A graph's outputs on a data view's rows one after another, computed a batch at a time while the next one is read; behind them the images' sizes, where there are any.
/// </summary>
/// <remarks>
/// Images are read by several cursors, where the steps before can share their rows out. A cursor of ML.NET's own does so too, and keeps more than a hundred images a thread as floats: gigabytes, of large ones.
/// </remarks>
internal sealed class OutputsAhead : IDisposable
{
    private static readonly RowReading s_reading = new("scoring", "score it by Transform");
    private readonly BatchSession _session;
    private readonly string[] _outputs;
    private readonly DataViewSchema.Column? _size;
    private readonly int _firstOutput;
    private readonly DataViewRowCursor[] _cursors;
    private readonly IEnumerator<ScoredImage> _images;
    private ImageBatch _scored, _following;
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
        _cursors = data.GetRowCursorSet(size is { } measured ? [pixels, measured] : [pixels], Environment.ProcessorCount);
        _images = RowsInOrder.Read(_cursors, row => ScoredImage.Reader(row, pixels, size), s_reading, sizeof(float) * (long)session.PixelCount, CancellationToken.None).GetEnumerator();
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

    public void Dispose()
    {
        // Reading disposes of its cursors, once it has begun.
        _images.Dispose();
        foreach (var cursor in _started ? [] : _cursors)
            cursor.Dispose();
    }

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
        if (!_images.MoveNext())
            return false;
        var image = _images.Current;
        if (image.Pixels.Length != _session.PixelCount)
            throw new InvalidDataException($"Row {image.Number} has no image: {image.Pixels.Length} values for pixels, where the model takes {_session.PixelCount}. Remove such rows.");
        image.Pixels.CopyTo(batch.Pixels, row * _session.PixelCount);
        image.Size.CopyTo(batch.Sizes.AsSpan(2 * row, 2));
        return true;
    }
}
