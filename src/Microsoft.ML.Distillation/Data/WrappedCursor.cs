using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A cursor that is another one but for what is overridden.</summary>
internal class WrappedCursor(DataViewRowCursor inner) : DataViewRowCursor
{
    protected DataViewRowCursor Inner => inner;

    public override long Position => inner.Position;

    public override long Batch => inner.Batch;

    public override DataViewSchema Schema => inner.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => inner.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => inner.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => inner.GetGetter<TValue>(column);

    public override bool MoveNext() => inner.MoveNext();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
