using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Rows with some of their columns, in some order.</summary>
internal sealed class ColumnSelection : IRowToRowMapper
{
    private readonly DataViewSchema.Column[] _sources;

    internal ColumnSelection(DataViewSchema inputSchema, IEnumerable<DataViewSchema.Column> sources)
    {
        InputSchema = inputSchema;
        _sources = sources.ToArray();
        OutputSchema = DataViewSchema.From(_sources.Select(c => new DataViewSchema.DetachedColumn(c)));
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        dependingColumns.Select(c => _sources[c.Index]).ToArray();

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new MappedRow(Check.NotNull(input, nameof(input)), MapColumns(activeColumns));

    internal MappedColumns MapColumns(IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = new bool[_sources.Length];
        foreach (var column in activeColumns)
            active[column.Index] = true;
        return new(OutputSchema, active, i => _sources[i], _ => null);
    }
}

internal sealed class SelectedDataView(IDataView input, ColumnSelection selection) : IDataView
{
    public DataViewSchema Schema => selection.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return new MappedCursor(input.GetRowCursor(selection.GetDependencies(needed), rand), selection.MapColumns(needed));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return input.GetRowCursorSet(selection.GetDependencies(needed), n, rand)
            .Select(cursor => (DataViewRowCursor)new MappedCursor(cursor, selection.MapColumns(needed))).ToArray();
    }
}
