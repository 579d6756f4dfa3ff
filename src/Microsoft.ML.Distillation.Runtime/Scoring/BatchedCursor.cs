using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The cursor of <see cref="BatchedOutputs"/>.</summary>
/// <param name="source">Stands on the row of the other columns.</param>
/// <param name="ahead">Stands on the same row; null where no output is wanted.</param>
internal sealed class BatchedCursor(DataViewRowCursor source, DataViewSchema schema, OutputsAhead? ahead) : DataViewRowCursor
{
    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override DataViewSchema Schema => schema;

    public override bool MoveNext()
    {
        if (!source.MoveNext())
            return false;
        ahead?.MoveNext();
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) =>
        ahead?.PlaceOf(column) is not null || (column.Index < source.Schema.Count && source.IsColumnActive(source.Schema[column.Index]));

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (ahead?.PlaceOf(column) is not { } place)
        {
            return column.Index < source.Schema.Count
                ? source.GetGetter<TValue>(source.Schema[column.Index])
                : throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was made.");
        }
        Delegate getter = column.Type is VectorDataViewType { ItemType: var item } && item.RawType == typeof(long) ? Getter<long>(place) : Getter<float>(place);
        return getter as ValueGetter<TValue> ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}; its values are no {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            ahead?.Dispose();
        }
        base.Dispose(disposing);
    }

    private ValueGetter<VBuffer<T>> Getter<T>(int place) => (ref VBuffer<T> value) =>
    {
        var current = ahead!.Current<T>(place);
        var editor = VBufferEditor.Create(ref value, current.Length);
        current.CopyTo(editor.Values);
        value = editor.Commit();
    };
}
