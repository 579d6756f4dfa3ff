using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>
/// A data view with the outputs of a graph on its pixels as further columns, which are computed many rows at a time: a second cursor reads the pixels ahead, and with them the size of the image
/// where it was measured on its way there, so that no image is read or decoded twice.
/// </summary>
internal sealed class BatchedOutputs : IDataView
{
    private readonly IDataView _data;
    private readonly BatchSession _session;
    private readonly string[] _outputs;
    private readonly ImageColumns _images;
    private readonly int _batchSize;

    /// <param name="outputs">The columns as the row-wise transformer adds them.</param>
    public BatchedOutputs(IDataView data, BatchSession session, IReadOnlyList<DataViewSchema.Column> outputs, int batchSize)
    {
        (_data, _session, _outputs, _images, _batchSize) = (data, session, [.. outputs.Select(o => o.Name)], ImageColumns.Of(data.Schema, session.Pixels, session.Shape), batchSize);
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(data.Schema);
        foreach (var output in outputs)
            schema.AddColumn(output.Name, output.Type, output.Annotations);
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    /// <remarks>Two cursors would be shuffled differently.</remarks>
    public bool CanShuffle => false;

    public long? GetRowCount() => _data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = columnsNeeded.Select(c => c.Index).ToHashSet();
        if (!needed.Any(i => i >= _data.Schema.Count))
            return new BatchedCursor(_data.GetRowCursor(_data.Schema.Where(c => needed.Contains(c.Index))), Schema, null);
        var source = _data.GetRowCursor(_data.Schema.Where(c => needed.Contains(c.Index) && c.Index != _images.Size?.Index));
        try
        {
            return new BatchedCursor(source, Schema, new OutputsAhead(_data, _session, _outputs, _images, _batchSize));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];
}
