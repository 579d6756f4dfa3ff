using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Where the image of a cursor's row comes from: the file that was read, or what the row says in a column such as <c>ImagePath</c>.</summary>
internal sealed class RowSource
{
    private readonly CheckedImages _images;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getText;
    private ReadOnlyMemory<char> _text;

    /// <param name="column">As <see cref="SourceColumn.Find"/> has found it; the cursor has it among its columns.</param>
    public RowSource(CheckedImages images, DataViewRowCursor cursor, DataViewSchema.Column? column)
    {
        _images = images;
        _getText = column is { } text ? cursor.GetGetter<ReadOnlyMemory<char>>(text) : null;
    }

    /// <returns>Null where neither is known.</returns>
    public string? Find()
    {
        if (_images.Source is { } file)
            return file;
        _getText?.Invoke(ref _text);
        return _text.IsEmpty ? null : _text.ToString();
    }
}
