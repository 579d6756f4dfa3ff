using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

/// <summary>A data view whose 32-bit keys are all one, in range or not: what a faulty loader may give.</summary>
internal sealed class ConstantKeys(IDataView inner, uint key) : IDataView
{
    public DataViewSchema Schema => inner.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => inner.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(inner.GetRowCursor(columnsNeeded), key);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor inner, uint key) : WrappedCursor(inner)
    {
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => typeof(TValue) == typeof(uint)
            ? (ref TValue value) => value = (TValue)(object)key
            : base.GetGetter<TValue>(column);
    }
}
