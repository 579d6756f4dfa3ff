using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Runtime.Reading;

/// <summary>A cursor over numbers in batches, as one of a set has them.</summary>
/// <param name="fails">After how many rows it throws instead of moving on.</param>
internal sealed class BatchedNumbers(IReadOnlyList<(long Batch, int Number)> rows, int fails = int.MaxValue) : DataViewRowCursor
{
    private long _position = -1;

    public int Disposals { get; private set; }

    public (long Batch, int Number) Current => rows[(int)_position];

    public override long Position => _position;

    public override long Batch => Current.Batch;

    public override DataViewSchema Schema => new DataViewSchema.Builder().ToSchema();

    /// <summary>The numbers from 0 on, dealt out in batches of any sizes to so many cursors, some of which may get none.</summary>
    public static BatchedNumbers[] Deal(int count, int cursors, int mostInABatch, Random random)
    {
        var dealt = Enumerable.Range(0, cursors).Select(_ => new List<(long, int)>()).ToArray();
        var number = 0;
        for (var batch = 5L; number < count; batch += random.Next(1, 3))
        {
            var to = dealt[random.Next(cursors)];
            for (var end = Math.Min(count, number + random.Next(1, mostInABatch + 1)); number < end; number++)
                to.Add((batch, number));
        }
        return [.. dealt.Select(d => new BatchedNumbers(d))];
    }

    public override bool MoveNext()
    {
        if (_position + 1 == fails)
            throw new FileNotFoundException("numbers.txt is gone.");
        return ++_position < rows.Count;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => throw new NotSupportedException();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => throw new NotSupportedException();

    public override bool IsColumnActive(DataViewSchema.Column column) => false;

    protected override void Dispose(bool disposing)
    {
        Disposals++;
        base.Dispose(disposing);
    }
}
