using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Reads a cursor's row: its image, and its class where there is one.</summary>
internal sealed class ImageRow
{
    private readonly ImagePreparation _preparation;
    private readonly LabelColumn? _label;
    private readonly ValueGetter<VBuffer<byte>> _getPixels;
    private readonly Func<int>? _getLabel;
    private readonly SeenImage _seen;
    private readonly RowSource _source;

    public ImageRow(DataViewRow row, ImagePreparation preparation, LabelColumn? label)
    {
        (_preparation, _label) = (preparation, label);
        _getPixels = row.GetGetter<VBuffer<byte>>(row.Schema[ImagePreparation.PixelColumn]);
        _getLabel = label?.Getter(row);
        _seen = CheckedImages.Seen(row);
        _source = new RowSource(row, SourceColumn.Find(row.Schema));
    }

    /// <summary>The columns it reads.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, LabelColumn? label)
    {
        yield return schema[ImagePreparation.PixelColumn];
        if (label is not null)
            yield return schema[label.Column.Name];
        if (SourceColumn.Find(schema) is { } source)
            yield return source;
    }

    public void Read(Prepared row)
    {
        row.ClassIndex = _getLabel?.Invoke() ?? PixelStore.NoLabel;
        if (LabelFault(row.ClassIndex) is { } fault)
            row.Refuse(fault, null);
        else
            ReadPixels(row);
        if (row.Fault is not null)
            row.Source = _source.Find();
    }

    private string? LabelFault(int classIndex) => _label is null ? null : classIndex switch
    {
        LabelColumn.Missing => $"has no label (column '{_label.Column.Name}' is missing there); drop such rows, or give MapValueToKey all classes",
        LabelColumn.OutOfRange => $"has a label out of range: column '{_label.Column.Name}' is {_label.Column.Type}, and its key is greater; make it with MapValueToKey",
        _ => null,
    };

    private void ReadPixels(Prepared row)
    {
        try
        {
            _getPixels(ref row.Pixels);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            row.Refuse($": the image in column '{_preparation.InputColumn}' can't be read. {error.Message}", error);
            return;
        }
        if (row.Pixels.Length == 3 * _preparation.Size.Pixels)
            row.Note(_seen);
        else
            row.Refuse($": column '{_preparation.InputColumn}' holds no image", null);
    }

    /// <summary>What was read.</summary>
    internal sealed class Prepared : PreparedRow
    {
        /// <summary>From 0; <see cref="PixelStore.NoLabel"/> where labels aren't read.</summary>
        public int ClassIndex { get; set; }
    }
}
