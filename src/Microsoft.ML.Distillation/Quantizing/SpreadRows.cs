using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>At most so many of a data view's rows, evenly spread over it. The images of the others are never read.</summary>
internal sealed class SpreadRows(IDataView data, int most) : IDataView
{
    private readonly long _rows = Count(data);

    public DataViewSchema Schema => data.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => Math.Min(_rows, most);

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(data.GetRowCursor(columnsNeeded), _rows, Math.Min(_rows, most));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known)
            return known;
        using var cursor = data.GetRowCursor([]);
        var count = 0L;
        while (cursor.MoveNext())
            count++;
        return count;
    }

    private sealed class Cursor(DataViewRowCursor inner, long rows, long wanted) : WrappedCursor(inner)
    {
        private long _chosen = -1;
        private long _passed;

        /// <summary>Of the row among all, which is what messages are to name.</summary>
        public override long Position => _chosen < 0 ? -1 : base.Position;

        public override bool MoveNext()
        {
            while (_chosen + 1 < wanted && base.MoveNext())
            {
                // Row k of those wanted is row ⌊k·rows/wanted⌋ of all.
                if (_passed++ != (_chosen + 1) * rows / wanted)
                    continue;
                _chosen++;
                return true;
            }
            _chosen = -1;
            wanted = 0;
            return false;
        }
    }
}
