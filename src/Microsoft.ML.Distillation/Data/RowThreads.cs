using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// Threads that read a cursor each, ahead of whoever asks for the rows. What they have read waits until its turn comes: of the cursors' next rows, the one of the lowest batch is the data's next.
/// So every cursor's next row has to be there before one can be given out.
/// </summary>
/// <remarks>
/// At most <paramref name="waiting"/> rows wait, and one more for each thread: a cursor none of whose rows wait is the one that is waited for, and always may go on. Rows are used again, those last used first.
/// </remarks>
internal sealed class RowThreads<TRow>(DataViewRowCursor[] cursors, int waiting) : IDisposable where TRow : PreparedRow, new()
{
    public const string ThreadName = "Reading images";

    private readonly object _lock = new();
    private readonly Lane[] _lanes = [.. cursors.Select(cursor => new Lane(cursor))];
    private readonly Stack<TRow> _free = new();
    private CancellationTokenRegistration _cancelled;
    private int _taken; // rows being read, waiting, or given out
    private int _held; // threads that wait for a row to be given back
    private bool _wanted; // whoever asks for rows waits for one
    private bool _stopped;

    public void Start(Func<DataViewRowCursor, Action<TRow>> open, CancellationToken cancellation)
    {
        foreach (var lane in _lanes)
            lane.Read = open(lane.Cursor);
        _cancelled = cancellation.Register(Wake);
        foreach (var lane in _lanes)
        {
            var thread = new Thread(() => Work(lane)) { IsBackground = true, Name = ThreadName };
            thread.Start();
            lane.Thread = thread;
        }
    }

    /// <summary>Waits for the data's next row. It is the caller's until it is given back.</summary>
    /// <param name="read">How many came before.</param>
    /// <returns>Null at the end.</returns>
    public TRow? Next(long read, string role, CancellationToken cancellation)
    {
        lock (_lock)
        {
            cancellation.ThrowIfCancellationRequested();
            while (_lanes.Any(lane => lane.Rows.Count == 0 && !lane.Ended))
            {
                _wanted = true;
                Monitor.Wait(_lock);
                _wanted = false;
                cancellation.ThrowIfCancellationRequested();
            }
            if (First(role) is not { } first)
            {
                if (_lanes.FirstOrDefault(lane => lane.Unreadable is not null) is { } failed)
                    RowLog.ThrowUnreadable(role, read, failed.Unreadable!);
                return null;
            }
            var row = first.Rows.Dequeue();
            if (first.Rows.Count == 0 && _held > 0)
                Monitor.PulseAll(_lock);
            row.Failure?.Throw();
            return row;
        }
    }

    public void GiveBack(TRow row)
    {
        lock (_lock)
        {
            _free.Push(row);
            // Threads are woken for some rows at once: woken for each, they would do little else.
            if (--_taken <= waiting - waiting / 4 && _held > 0)
                Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Stops all threads, which finish the row that they are at, and disposes of the cursors.</summary>
    public void Dispose()
    {
        _cancelled.Dispose();
        lock (_lock)
            _stopped = true;
        Wake();
        foreach (var lane in _lanes)
            lane.Thread?.Join();
        foreach (var lane in _lanes)
            lane.Cursor.Dispose();
    }

    /// <summary>The cursor with the data's next row. What kept a cursor from going on comes when all others are at their end, as what they have comes before it where one cursor reads.</summary>
    private Lane? First(string role)
    {
        Lane? first = null;
        foreach (var lane in _lanes)
        {
            if (lane.Rows.Count == 0)
                continue;
            if (lane.Rows.Peek().Batch == first?.Rows.Peek().Batch)
                throw new InvalidDataException($"The {role} data can't be read by several threads: two of its cursors have rows of batch {lane.Rows.Peek().Batch}, so that their order is lost. Mend the IDataView that gives them out, or set Threads to 1.");
            if (first is null || lane.Rows.Peek().Batch < first.Rows.Peek().Batch)
                first = lane;
        }
        return first;
    }

    private void Work(Lane lane)
    {
        try
        {
            while (Take(lane) is { } row)
            {
                if (!lane.Cursor.MoveNext())
                {
                    GiveBack(row);
                    return;
                }
                row.Batch = lane.Cursor.Batch;
                Prepare(lane, row);
                Put(lane, row);
                if (row.Failure is not null)
                    return;
            }
        }
        catch (Exception error) // of the cursor
        {
            lane.Unreadable = error;
        }
        finally
        {
            lock (_lock)
            {
                lane.Ended = true;
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Whatever goes wrong with a row is told when its turn comes.</summary>
    private static void Prepare(Lane lane, TRow row)
    {
        try
        {
            row.Clear();
            lane.Read!(row);
        }
        catch (Exception error)
        {
            row.Failure = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Waits until a row may be read; null where none is wanted any more.</summary>
    private TRow? Take(Lane lane)
    {
        lock (_lock)
        {
            while (!_stopped && _taken >= waiting && lane.Rows.Count > 0)
            {
                _held++;
                Monitor.Wait(_lock);
                _held--;
            }
            if (_stopped)
                return null;
            _taken++;
            return _free.TryPop(out var row) ? row : new TRow();
        }
    }

    private void Put(Lane lane, TRow row)
    {
        lock (_lock)
        {
            lane.Rows.Enqueue(row);
            if (_wanted && lane.Rows.Count == 1)
                Monitor.PulseAll(_lock);
        }
    }

    private void Wake()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
    }

    /// <summary>A cursor, and what its thread has read of it.</summary>
    private sealed class Lane(DataViewRowCursor cursor)
    {
        public DataViewRowCursor Cursor => cursor;

        public Action<TRow>? Read { get; set; }

        public Thread? Thread { get; set; }

        public Queue<TRow> Rows { get; } = new();

        /// <summary>Its thread reads no more.</summary>
        public bool Ended { get; set; }

        /// <summary>What kept the cursor from going on.</summary>
        public Exception? Unreadable { get; set; }
    }
}
