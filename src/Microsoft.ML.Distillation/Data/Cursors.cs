using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Ways to read a data view.</summary>
internal static class Cursors
{
    /// <summary>A cursor that goes row by row, as those of a set do, even of one. One by itself may read ahead, and then ends at the first row that can't be read, wherever it is.</summary>
    public static DataViewRowCursor RowByRow(this IDataView view, IEnumerable<DataViewSchema.Column> columns) => view.GetRowCursorSet(columns, 1)[0];
}
