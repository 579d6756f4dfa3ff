using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>A data view with the logits of its pixels as a further column, which are computed many rows at a time: a second cursor reads the pixels ahead.</summary>
internal sealed class BatchedLogits : IDataView
{
    private readonly IDataView _data;
    private readonly BatchSession _session;
    private readonly int _batchSize;

    /// <param name="logits">The column as the row-wise transformer adds it.</param>
    public BatchedLogits(IDataView data, BatchSession session, DataViewSchema.Column logits, int batchSize)
    {
        (_data, _session, _batchSize) = (data, session, batchSize);
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(data.Schema);
        schema.AddColumn(logits.Name, logits.Type, logits.Annotations);
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    /// <remarks>Two cursors would be shuffled differently.</remarks>
    public bool CanShuffle => false;

    public long? GetRowCount() => _data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = columnsNeeded.Select(c => c.Index).ToHashSet();
        var source = _data.GetRowCursor(_data.Schema.Where(c => needed.Contains(c.Index)));
        if (!needed.Contains(_data.Schema.Count))
            return new BatchedCursor(source, Schema, null);
        try
        {
            return new BatchedCursor(source, Schema, new LogitsAhead(_data, _session, _batchSize));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];
}
