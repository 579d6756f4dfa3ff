using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The cursor of <see cref="BatchedLogits"/>.</summary>
/// <param name="source">Stands on the row of the other columns.</param>
/// <param name="logits">Stands on the same row; null where they aren't wanted.</param>
internal sealed class BatchedCursor(DataViewRowCursor source, DataViewSchema schema, LogitsAhead? logits) : DataViewRowCursor
{
    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override DataViewSchema Schema => schema;

    private int LogitsColumn => schema.Count - 1;

    public override bool MoveNext()
    {
        if (!source.MoveNext())
            return false;
        logits?.MoveNext();
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index == LogitsColumn ? logits is not null : source.IsColumnActive(source.Schema[column.Index]);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index != LogitsColumn)
            return source.GetGetter<TValue>(source.Schema[column.Index]);
        if (logits is null)
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was made.");
        ValueGetter<VBuffer<float>> getter = Get;
        return getter as ValueGetter<TValue> ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}; its values are no {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            logits?.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Get(ref VBuffer<float> value)
    {
        var current = logits!.Current;
        var editor = VBufferEditor.Create(ref value, current.Length);
        current.CopyTo(editor.Values);
        value = editor.Commit();
    }
}
