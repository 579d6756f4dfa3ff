using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>
/// A graph's outputs on a data view's rows one after another, computed some rows at a time while the next ones are read, on all processors side by side; behind them the images' sizes, where there are any.
/// </summary>
/// <remarks>
/// Images are read by several cursors, where the steps before can share their rows out; by one, in the thread of whoever reads the outputs. A cursor of ML.NET's own shares rows out too, and keeps more
/// than a hundred images a thread as floats: gigabytes, of large ones.
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
    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskFactory<BatchColumn[]> _scoring;
    private readonly Stack<ImageBatch> _blank;
    private readonly Queue<(ImageBatch Batch, Task<BatchColumn[]> Outputs)> _ahead = new();
    private BatchColumn[] _columns = [];
    private bool _started, _ended;
    private ExceptionDispatchInfo? _fault; // why there are no rows behind those that are read
    private int _rows;
    private int _row = -1;

    /// <param name="outputs">The names of those that follow the columns of the data.</param>
    /// <param name="size">Width and height; null where images weren't measured.</param>
    public OutputsAhead(IDataView data, BatchSession session, string[] outputs, DataViewSchema.Column? size, int batchSize)
    {
        (_session, _outputs, _size, _firstOutput) = (session, outputs, size, data.Schema.Count);
        _scoring = new(_disposed.Token, TaskCreationOptions.None, TaskContinuationOptions.None, new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, session.SideBySide).ConcurrentScheduler);
        // While all that fit side by side are scored, as many are read.
        _blank = new(Enumerable.Range(0, 2 * session.SideBySide).Select(_ => new ImageBatch(session.ImagesPerRun(batchSize), session.PixelCount)));
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
        if (++_row < _rows)
            return;
        ReadAhead();
        if (!_ahead.TryPeek(out var next))
        {
            _fault?.Throw();
            throw new InvalidOperationException("The data had more rows the first time than the second: scoring in batches reads it twice at once. Cache it, or score it by Transform.");
        }
        _columns = next.Outputs.GetAwaiter().GetResult();
        (_row, _rows) = (0, next.Batch.Rows);
        _ahead.Dequeue();
        _blank.Push(next.Batch);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        foreach (var (_, outputs) in _ahead)
            Abandon(outputs);
        _disposed.Dispose();
        // Reading disposes of its cursors, once it has begun.
        _images.Dispose();
        foreach (var cursor in _started ? [] : _cursors)
            cursor.Dispose();
    }

    private void ReadAhead()
    {
        _started = true;
        while (!_ended && _blank.TryPop(out var batch))
        {
            batch.Fill(Read);
            (_ended, _fault) = (batch.IsLast, batch.Fault);
            if (batch.Rows > 0)
                _ahead.Enqueue((batch, _scoring.StartNew(() => Score(batch))));
        }
    }

    /// <summary>Waits for what nobody asks for any more, whatever comes of it.</summary>
    private static void Abandon(Task outputs)
    {
        try
        {
            outputs.Wait();
        }
        catch (AggregateException)
        {
        }
    }

    private BatchColumn[] Score(ImageBatch batch) => [.. _session.Run(batch.Pixels, batch.Rows, _outputs), BatchColumn.Of(batch.Sizes, stride: 2, length: 2, batch.Rows)];

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
