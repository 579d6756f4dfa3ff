using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>A data view through a mapper: columns are computed when a cursor that asked for them is asked for a value, or before, where all that it asked for can be kept.</summary>
internal sealed class MappedDataView(IDataView input, BoundMapper mapper) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return needed.All(column => ColumnStore.CanHold(column.Type))
            ? new ReadAheadCursor(GetRowCursorSet(needed, 1, rand)[0], needed)
            : Map(input.GetRowCursor(mapper.GetDependencies(needed), rand), needed);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        var inputs = mapper.GetDependencies(needed).ToArray();
        var cursors = input.GetRowCursorSet(inputs, n, rand);
        if (cursors.Length == 1 && n > 1 && needed.Any(column => column.Index >= input.Schema.Count))
            cursors = DealtRows.Split(cursors[0], inputs, n);
        return cursors.Select(cursor => Map(cursor, needed)).ToArray();
    }

    private DataViewRowCursor Map(DataViewRowCursor cursor, DataViewSchema.Column[] needed)
    {
        try
        {
            return new MappedCursor(cursor, mapper.MapColumns(cursor, needed));
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }
}
