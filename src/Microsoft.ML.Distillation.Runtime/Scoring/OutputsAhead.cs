using System.Collections.Concurrent;
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
    private readonly int _firstOutput, _perRun;
    private readonly DataViewRowCursor[] _cursors;
    private readonly List<ImageColumnsReader> _readers = [];
    private readonly IEnumerator<ScoredImage> _images;
    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskFactory<BatchColumn[]> _scoring;
    private readonly ConcurrentBag<float[]> _inputs = []; // that nothing runs on
    private readonly Stack<ImageBatch> _blank;
    private readonly Queue<(ImageBatch Batch, Task<BatchColumn[]> Outputs)> _ahead = new();
    private BatchColumn[] _columns = [];
    private bool _started, _ended;
    private ExceptionDispatchInfo? _fault; // why there are no rows behind those that are read
    private int _rows;
    private int _row = -1;

    /// <param name="outputs">The names of those that follow the columns of the data.</param>
    public OutputsAhead(IDataView data, BatchSession session, string[] outputs, ImageColumns images, int batchSize)
    {
        (_session, _outputs, _size, _firstOutput, _perRun) = (session, outputs, images.Size, data.Schema.Count, session.ImagesPerRun(batchSize));
        _scoring = new(_disposed.Token, TaskCreationOptions.None, TaskContinuationOptions.None, new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, session.SideBySide).ConcurrentScheduler);
        // While all that fit side by side are scored, as many are read.
        _blank = new(Enumerable.Range(0, 2 * session.SideBySide).Select(_ => new ImageBatch(_perRun)));
        _cursors = data.GetRowCursorSet(images.All, Environment.ProcessorCount);
        _images = RowsInOrder.Read(_cursors, row => Reader(row, images), s_reading, images.Bytes(session.PixelCount), CancellationToken.None).GetEnumerator();
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
        _readers.ForEach(reader => reader.Dispose());
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

    private BatchColumn[] Score(ImageBatch batch)
    {
        if (!_inputs.TryTake(out var input))
            input = GC.AllocateUninitializedArray<float>(checked(_perRun * _session.PixelCount));
        batch.WriteTo(input, _session.PixelCount);
        BatchColumn[] columns = [.. _session.Run(input, batch.Rows, _outputs), BatchColumn.Of(batch.Sizes, stride: 2, length: 2, batch.Rows)];
        _inputs.Add(input);
        return columns;
    }

    private Action<ScoredImage> Reader(DataViewRow row, ImageColumns images)
    {
        _readers.Add(new(row, images, _session.PixelCount));
        return _readers[^1].Read;
    }

    private ScoredImage? Read()
    {
        if (!_images.MoveNext())
            return null;
        var image = _images.Current;
        return image.Pixels.Length == _session.PixelCount
            ? image
            : throw new InvalidDataException($"Row {image.Number} has no image: {image.Pixels.Length} values for pixels, where the model takes {_session.PixelCount}. Remove such rows.");
    }
}
