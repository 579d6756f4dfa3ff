using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Where the columns of a row come from: a column of the row beneath, or a getter of its own.</summary>
internal sealed record MappedColumns(
    DataViewSchema Schema, bool[] Active, Func<int, DataViewSchema.Column?> Source, Func<int, Delegate> OwnGetter, Action Dispose = null)
{
    internal bool IsActive(DataViewSchema.Column column) => column.Index < Active.Length && Active[column.Index];

    internal ValueGetter<TValue> GetGetter<TValue>(DataViewRow input, DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw Rows.NotActive(column);
        if (Source(column.Index) is { } source)
            return input.GetGetter<TValue>(source);
        return OwnGetter(column.Index) as ValueGetter<TValue> ?? throw Rows.WrongGetterType<TValue>(column);
    }
}

/// <summary>A row with other columns than the row it wraps and owns.</summary>
internal sealed class MappedRow(DataViewRow input, MappedColumns columns) : DataViewRow
{
    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => columns.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => columns.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => columns.GetGetter<TValue>(input, column);

    protected override void Dispose(bool disposing)
    {
        columns.Dispose?.Invoke();
        input.Dispose();
    }
}

/// <summary>The same for a cursor.</summary>
internal sealed class MappedCursor(DataViewRowCursor input, MappedColumns columns) : DataViewRowCursor
{
    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => columns.Schema;

    public override bool MoveNext() => input.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => columns.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => columns.GetGetter<TValue>(input, column);

    protected override void Dispose(bool disposing)
    {
        columns.Dispose?.Invoke();
        input.Dispose();
    }
}
