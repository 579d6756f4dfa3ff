using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Reading;

/// <summary>
/// Threads that read a cursor each, ahead of whoever asks for the rows. What they have read waits until its turn comes: of the cursors' next rows, the one of the lowest batch is the data's next.
/// So every cursor's next row has to be there before one can be given out.
/// </summary>
/// <remarks>
/// A thread goes on while fewer than <paramref name="waiting"/> rows are there, or none of its own wait: those are the ones that are waited for. Rows change hands some at a time, which a small image would not be worth alone.
/// </remarks>
internal sealed class RowThreads<TRow>(DataViewRowCursor[] cursors, int waiting) : IDisposable where TRow : OrderedRow, new()
{
    public const string ThreadName = "Reading images";

    private readonly object _lock = new();
    private readonly int _atOnce = RowsAtOnce(cursors.Length, waiting);
    private readonly Lane[] _lanes = [.. cursors.Select(cursor => new Lane(cursor))];
    private readonly Stack<TRow> _free = new();
    private readonly List<TRow> _given = []; // to whoever asks
    private CancellationTokenRegistration _cancelled;
    private int _asked; // for so many of those given
    private int _taken; // rows being read, waiting, or given
    private int _held; // threads that wait for rows to be given back
    private bool _wanted; // whoever asks for rows waits
    private volatile bool _stopped;

    /// <summary>Rows that a thread reads before it hands them over.</summary>
    public static int RowsAtOnce(int threads, int waiting) => Math.Clamp(waiting / (2 * threads), 1, 16);

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

    /// <summary>Waits for the data's next row, which is good until the next one is asked for.</summary>
    /// <param name="read">How many came before.</param>
    /// <returns>Null at the end.</returns>
    public TRow? Next(long read, RowReading reading, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_asked == _given.Count && !GiveMore(read, reading, cancellation))
            return null;
        var row = _given[_asked++];
        row.Failure?.Throw();
        return row;
    }

    /// <summary>Stops all threads, which finish the row that they are at, and disposes of the cursors.</summary>
    public void Dispose()
    {
        _cancelled.Dispose();
        _stopped = true;
        Wake();
        foreach (var lane in _lanes)
            lane.Thread?.Join();
        foreach (var lane in _lanes)
            lane.Cursor.Dispose();
    }

    /// <summary>Takes back the rows that were given, and gives all that wait of the data's next batch.</summary>
    /// <returns>Whether there are any.</returns>
    private bool GiveMore(long read, RowReading reading, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Free(_given);
            _given.Clear();
            _asked = 0;
            WakeHeld();
            while (_lanes.Any(lane => lane.Waiting.Count == 0 && !lane.Ended))
            {
                _wanted = true;
                Monitor.Wait(_lock);
                _wanted = false;
                cancellation.ThrowIfCancellationRequested();
            }
            if (First(reading) is not { } first)
            {
                if (_lanes.FirstOrDefault(lane => lane.Unreadable is not null) is { } failed)
                    reading.ThrowUnreadable(read, failed.Unreadable!);
                return false;
            }
            for (var batch = first.Waiting.Peek().Batch; first.Waiting.TryPeek(out var row) && row.Batch == batch;)
                _given.Add(first.Waiting.Dequeue());
            WakeHeld();
            return true;
        }
    }

    /// <summary>The cursor with the data's next row. What kept a cursor from going on comes when all others are at their end, as what they have comes before it where one cursor reads.</summary>
    private Lane? First(RowReading reading)
    {
        Lane? first = null;
        foreach (var lane in _lanes)
        {
            if (!lane.Waiting.TryPeek(out var row))
                continue;
            if (row.Batch == first?.Waiting.Peek().Batch)
                throw new InvalidDataException($"The {reading.Role} data can't be read by several threads: two of its cursors have rows of batch {row.Batch}, so that their order is lost. Mend the IDataView that gives them out, or {reading.OneByOne}.");
            if (first is null || row.Batch < first.Waiting.Peek().Batch)
                first = lane;
        }
        return first;
    }

    private void Work(Lane lane)
    {
        try
        {
            while (Claim(lane) && ReadSome(lane))
                HandOver(lane, ended: false);
        }
        catch (Exception error) // of the cursor
        {
            lane.Unreadable = error;
        }
        finally
        {
            HandOver(lane, ended: true);
        }
    }

    /// <summary>Waits until rows may be read.</summary>
    /// <returns>Whether any are wanted at all.</returns>
    private bool Claim(Lane lane)
    {
        lock (_lock)
        {
            while (!_stopped && _taken >= waiting && lane.Waiting.Count > 0)
            {
                _held++;
                Monitor.Wait(_lock);
                _held--;
            }
            if (_stopped)
                return false;
            _taken += _atOnce;
            while (lane.Blank.Count < _atOnce)
                lane.Blank.Push(_free.TryPop(out var row) ? row : new TRow());
            return true;
        }
    }

    /// <returns>Whether there may be more.</returns>
    private bool ReadSome(Lane lane)
    {
        while (lane.Blank.Count > 0)
        {
            if (_stopped || !lane.Cursor.MoveNext())
                return false;
            var row = lane.Blank.Pop();
            row.Batch = lane.Cursor.Batch;
            Prepare(lane, row);
            lane.Ready.Add(row);
            if (row.Failure is not null)
                return false;
        }
        return true;
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

    private void HandOver(Lane lane, bool ended)
    {
        lock (_lock)
        {
            foreach (var row in lane.Ready)
                lane.Waiting.Enqueue(row);
            lane.Ready.Clear();
            Free(lane.Blank);
            lane.Blank.Clear();
            lane.Ended = ended;
            if (_wanted)
                Monitor.PulseAll(_lock);
        }
    }

    private void Free(IReadOnlyCollection<TRow> rows)
    {
        _taken -= rows.Count;
        foreach (var row in rows)
            _free.Push(row);
    }

    private void WakeHeld()
    {
        if (_held > 0)
            Monitor.PulseAll(_lock);
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

        /// <summary>Rows that its thread is to fill.</summary>
        public Stack<TRow> Blank { get; } = new();

        /// <summary>Those it has filled, and not handed over.</summary>
        public List<TRow> Ready { get; } = [];

        /// <summary>Those that wait until their turn comes.</summary>
        public Queue<TRow> Waiting { get; } = new();

        /// <summary>Its thread reads no more.</summary>
        public bool Ended { get; set; }

        /// <summary>What kept the cursor from going on.</summary>
        public Exception? Unreadable { get; set; }
    }
}
