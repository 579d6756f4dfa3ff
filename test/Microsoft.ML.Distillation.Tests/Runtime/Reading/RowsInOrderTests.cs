using System.Collections.Concurrent;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Tests.Runtime.Reading;

public class RowsInOrderTests
{
    private readonly ConcurrentDictionary<Thread, bool> _threads = [];

    private sealed class NumberRow : PreparedRow
    {
        public int Value { get; set; }
    }

    [Fact]
    public void OneCursorIsReadByTheCallingThread()
    {
        var cursor = new BatchedNumbers([(0, 7), (0, 8), (0, 9)]);

        var rows = Read([cursor]).Select(row => (row.Number, row.Value)).ToList();

        Assert.Equal([(0, 7), (1, 8), (2, 9)], rows);
        Assert.Equal([Thread.CurrentThread], _threads.Keys);
        Assert.Equal(1, cursor.Disposals);
    }

    [Theory]
    [InlineData(2, 7, 64)]
    [InlineData(3, 1, 4)]
    [InlineData(4, 200, 8)]
    [InlineData(5, 40, 1)]
    [InlineData(16, 128, 64)]
    public void RowsOfSeveralComeInTheDatasOrder(int cursors, int mostInABatch, int rowsThatFit)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var dealt = BatchedNumbers.Deal(600, cursors, mostInABatch, random);
            var slow = random.Next(cursors);

            var rows = Read(dealt, rowsThatFit, (cursor, row) =>
            {
                // Some rows are slow, and one cursor is.
                if (row.Value % 37 == seed || (cursor == dealt[slow] && row.Value % 5 == 0))
                    Thread.Yield();
                if (row.Value % 201 == seed)
                    Thread.Sleep(1);
            }).Select(row => (row.Number, row.Value)).ToList();

            Assert.Equal(Enumerable.Range(0, 600).Select(i => ((long)i, i)), rows);
            AssertNothingIsLeft(dealt);
            Assert.DoesNotContain(Thread.CurrentThread, _threads.Keys);
        }
    }

    [Fact]
    public void NoRowsAreNoRows()
    {
        var empty = new[] { new BatchedNumbers([]), new BatchedNumbers([]) };

        Assert.Empty(Read(empty));
        AssertNothingIsLeft(empty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(40)]
    public void WhatWaitsIsBounded(int rowsThatFit)
    {
        var (read, given, most) = (0, 0, 0);
        var dealt = BatchedNumbers.Deal(2000, 4, 100, new Random(1));

        foreach (var row in Read(dealt, rowsThatFit, (_, _) =>
        {
            var waiting = Interlocked.Increment(ref read) - Volatile.Read(ref given);
            for (var before = Volatile.Read(ref most); before < waiting; before = Volatile.Read(ref most))
                Interlocked.CompareExchange(ref most, waiting, before);
        }))
        {
            Interlocked.Increment(ref given);
            if (row.Number % 50 == 0)
                Thread.Sleep(1);
        }

        Assert.Equal(2000, given);
        // Each thread may be at work on some, and so may the caller.
        Assert.InRange(most, 1, rowsThatFit + 5 * RowThreads<NumberRow>.RowsAtOnce(4, rowsThatFit));
    }

    [Theory]
    [InlineData(2, 3 * 32 * 32, 256)]
    [InlineData(8, 3 * 640 * 640, 436)]
    [InlineData(2, 1L << 30, 1)]
    public void LargeRowsWaitInSmallNumbers(int threads, long rowBytes, int rows) => Assert.Equal(rows, RowsInOrder.Waiting(threads, rowBytes));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AFailureComesInItsTurn(int cursors)
    {
        var dealt = BatchedNumbers.Deal(400, cursors, 20, new Random(2));
        var rows = new List<int>();

        var error = Assert.Throws<OutOfMemoryException>(() =>
        {
            foreach (var row in Read(dealt, 64, (_, row) =>
            {
                if (row.Value is 150 or 151 or 300)
                    throw new OutOfMemoryException($"at {row.Value}");
            }))
                rows.Add(row.Value);
        });

        Assert.Equal("at 150", error.Message);
        Assert.Equal(Enumerable.Range(0, 150), rows);
        AssertNothingIsLeft(dealt);
    }

    // The others' rows come first, as they do where one cursor reads what all of them share.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACursorThatCantGoOnEndsTheReadingAtTheEnd(bool alone)
    {
        var failing = new BatchedNumbers([(0, 0), (0, 1), (3, 5)], fails: 3);
        BatchedNumbers[] cursors = alone ? [failing] : [failing, new([(1, 2), (2, 3), (2, 4), (4, 6)])];
        var rows = new List<int>();

        var error = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var row in Read(cursors))
                rows.Add(row.Value);
        });

        Assert.Equal(alone ? [0, 1, 5] : Enumerable.Range(0, 7), rows);
        Assert.StartsWith($"The training data can't be read beyond its first {rows.Count} rows: numbers.txt is gone. The step that fails comes before the estimator", error.Message, StringComparison.Ordinal);
        Assert.IsType<FileNotFoundException>(error.InnerException);
        AssertNothingIsLeft(cursors);
    }

    [Fact]
    public void CursorsThatShareABatchAreRefused()
    {
        var cursors = new[] { new BatchedNumbers([(0, 0)]), new BatchedNumbers([(0, 1)]) };

        Assert.Equal(
            "The training data can't be read by several threads: two of its cursors have rows of batch 0, so that their order is lost. Mend the IDataView that gives them out, or set Threads to 1.",
            Assert.Throws<InvalidDataException>(() => Read(cursors).ToList()).Message);
        AssertNothingIsLeft(cursors);
    }

    [Fact]
    public void WhoeverStopsEarlyLeavesNothingBehind()
    {
        var dealt = BatchedNumbers.Deal(5000, 3, 10, new Random(3));
        var read = 0;

        var first = Read(dealt, 4, (_, _) => Interlocked.Increment(ref read)).Take(20).Select(row => row.Value).ToList();

        Assert.Equal(Enumerable.Range(0, 20), first);
        AssertNothingIsLeft(dealt);
        Assert.InRange(read, 20, 20 + 4 + 3 + 1);
    }

    // One thread is at a row that takes for ever, which is waited for; the caller does not wait until another is there.
    [Fact]
    public async Task CancellationIsNoticedWhileWaiting()
    {
        using var cancellation = new CancellationTokenSource();
        using var reached = new ManualResetEventSlim();
        var cursors = new[] { new BatchedNumbers([(0, 0), (0, 1)]), new BatchedNumbers([(1, 2), (2, 3)]) };
        var rows = new List<int>();

        var reading = Task.Run(() =>
        {
            foreach (var row in Read(cursors, 64, (_, row) =>
            {
                if (row.Value != 1)
                    return;
                reached.Set();
                cancellation.Token.WaitHandle.WaitOne();
            }, cancellation.Token))
                rows.Add(row.Value);
        });
        reached.Wait();
        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => reading);
        Assert.DoesNotContain(1, rows);
        AssertNothingIsLeft(cursors);
    }

    [Fact]
    public void WhatCantBeOpenedIsDisposedOf()
    {
        var cursors = new[] { new BatchedNumbers([(0, 0)]), new BatchedNumbers([]) };

        Assert.Throws<NotSupportedException>(() => RowsInOrder.Read<NumberRow>(cursors, cursor => cursor == cursors[1] ? throw new NotSupportedException() : _ => { }, new RowsFor("training"), 1, default).ToList());

        AssertNothingIsLeft(cursors);
    }

    private void AssertNothingIsLeft(IEnumerable<BatchedNumbers> cursors)
    {
        Assert.All(cursors, cursor => Assert.Equal(1, cursor.Disposals));
        Assert.DoesNotContain(_threads.Keys, thread => thread != Thread.CurrentThread && thread.Name == RowThreads<NumberRow>.ThreadName && thread.IsAlive);
    }

    private IEnumerable<NumberRow> Read(BatchedNumbers[] cursors, int rowsThatFit = 64, Action<BatchedNumbers, NumberRow>? meanwhile = null, CancellationToken cancellation = default)
    {
        return RowsInOrder.Read<NumberRow>(cursors, Open, new RowsFor("training"), RowsInOrder.WaitingBytes / rowsThatFit, cancellation);

        Action<NumberRow> Open(DataViewRowCursor cursor) => row =>
        {
            _threads[Thread.CurrentThread] = true;
            row.Value = ((BatchedNumbers)cursor).Current.Number;
            meanwhile?.Invoke((BatchedNumbers)cursor, row);
        };
    }
}
