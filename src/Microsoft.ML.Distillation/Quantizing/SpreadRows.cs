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
        private long _position = -1;
        private long _passed;

        public override long Position => _position;

        public override bool MoveNext()
        {
            while (_position + 1 < wanted && base.MoveNext())
            {
                // Row k of those wanted is row ⌊k·rows/wanted⌋ of all.
                if (_passed++ != (_position + 1) * rows / wanted)
                    continue;
                _position++;
                return true;
            }
            _position = -1;
            wanted = 0;
            return false;
        }
    }
}
