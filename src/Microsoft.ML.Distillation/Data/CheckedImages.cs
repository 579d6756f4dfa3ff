using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Headers;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// A data view whose images are looked at as they pass: the bytes of a file before they are decoded, a decoded image as far as it still tells. One that can't be used throws.
/// It is read by one cursor at a time, and row by row, so that a bad row can be told from its neighbours.
/// </summary>
/// <remarks>
/// ML.NET's transformers read ahead in several threads where every column that is wanted can be kept for later, and end at the first row that throws, wherever it is. A column that can't be kept, wanted
/// beside the others, has them read row by row: <see cref="RowColumn"/>, which holds nothing.
/// </remarks>
internal sealed class CheckedImages(IDataView data, string imageColumn, RowLog log) : IDataView
{
    private const string RowColumn = "distillation.row";

    public DataViewSchema Schema { get; } = WithRowColumn(data.Schema);

    public bool CanShuffle => data.CanShuffle;

    /// <summary>The file that the last image came from; null where it doesn't tell.</summary>
    public string? Source { get; private set; }

    private string ImageColumn => imageColumn;

    /// <summary>A cursor over a view made of this one, which goes row by row.</summary>
    public static DataViewRowCursor RowByRow(IDataView view, IEnumerable<DataViewSchema.Column> columns) => view.GetRowCursor(columns.Append(view.Schema[RowColumn]));

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, data.GetRowCursor(columnsNeeded.Where(c => c.Index < data.Schema.Count).Select(c => data.Schema[c.Index]), rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema WithRowColumn(DataViewSchema schema)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(schema);
        builder.AddColumn(RowColumn, new RowType());
        return builder.ToSchema();
    }

    private void Check(long row, in VBuffer<byte> bytes)
    {
        Source = null;
        var header = ImageHeader.Read(bytes.IsDense ? bytes.GetValues() : bytes.DenseValues().ToArray());
        Refuse(header.Refusal(log.MaxPixels, whole: true));
        log.Note(row, header.Orientation, header.Animated);
    }

    private void Check(long row, MLImage? image)
    {
        Source = null;
        if (image is null)
        {
            Refuse("The column holds no image: its path is empty, or the step before gave none");
            return;
        }
        var file = SourceOf(image);
        Refuse((long)image.Width * image.Height > log.MaxPixels ? ImageHeader.TooLarge(image.Width, image.Height, log.MaxPixels) : file?.Refusal(log.MaxPixels, whole: true));
        log.Note(row, file?.Orientation ?? Exif.Upright, file?.Animated ?? false);
    }

    /// <summary>LoadImages tags an image with its file, whose bytes tell what the decoder passed over. Another tag names no image of this size.</summary>
    private ImageHeader? SourceOf(MLImage image)
    {
        try
        {
            if (string.IsNullOrEmpty(image.Tag) || !File.Exists(image.Tag))
                return null;
            var header = ImageHeader.Read(File.ReadAllBytes(image.Tag));
            var same = header.Width == image.Width && header.Height == image.Height;
            if (header.Format.Length == 0 || (!same && header.Width > 0))
                return null;
            Source = image.Tag;
            return header;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Refuse(string? fault)
    {
        if (fault is not null)
            throw new InvalidDataException($"{fault}.");
    }

    /// <summary>No primitive and no vector of them: what ML.NET does not keep.</summary>
    private sealed class RowType() : StructuredDataViewType(typeof(object))
    {
        public override bool Equals(DataViewType? other) => other is RowType;

        public override bool Equals(object? other) => other is RowType;

        public override int GetHashCode() => 0;

        public override string ToString() => "Row";
    }

    private sealed class Cursor(CheckedImages view, DataViewRowCursor inner) : WrappedCursor(inner)
    {
        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index >= Inner.Schema.Count || base.IsColumnActive(Inner.Schema[column.Index]);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (column.Index >= Inner.Schema.Count)
                throw new InvalidOperationException($"Column '{column.Name}' holds nothing.");
            var getter = base.GetGetter<TValue>(Inner.Schema[column.Index]);
            // A hidden column of the same name is another one.
            if (column.Index != Schema[view.ImageColumn].Index)
                return getter;
            return (object)getter switch
            {
                ValueGetter<VBuffer<byte>> bytes => (ValueGetter<TValue>)(object)Checked(bytes),
                ValueGetter<MLImage> image => (ValueGetter<TValue>)(object)Checked(image),
                _ => getter,
            };
        }

        private ValueGetter<VBuffer<byte>> Checked(ValueGetter<VBuffer<byte>> getter) => (ref VBuffer<byte> bytes) =>
        {
            view.Source = null;
            getter(ref bytes);
            view.Check(Position, in bytes);
        };

        private ValueGetter<MLImage> Checked(ValueGetter<MLImage> getter) => (ref MLImage image) =>
        {
            view.Source = null;
            getter(ref image);
            view.Check(Position, image);
        };
    }
}
