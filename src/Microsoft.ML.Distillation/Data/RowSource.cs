using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Where the image of a cursor's row comes from: the file that was read, or what the row says in a column such as <c>ImagePath</c>.</summary>
internal sealed class RowSource
{
    private readonly SeenImage _seen;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getText;
    private ReadOnlyMemory<char> _text;

    /// <param name="row">Of a view made of <see cref="CheckedImages"/>.</param>
    /// <param name="column">As <see cref="SourceColumn.Find"/> has found it; the row has it among its columns.</param>
    public RowSource(DataViewRow row, DataViewSchema.Column? column)
    {
        _seen = CheckedImages.Seen(row);
        _getText = column is { } text ? row.GetGetter<ReadOnlyMemory<char>>(text) : null;
    }

    /// <returns>Null where neither is known.</returns>
    public string? Find()
    {
        if (_seen.File is { } file)
            return file;
        _getText?.Invoke(ref _text);
        return _text.IsEmpty ? null : _text.ToString();
    }
}
