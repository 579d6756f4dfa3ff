using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Headers;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// A data view whose images are looked at as they pass: the bytes of a file before they are decoded, a decoded image as far as it still tells. One that can't be used throws.
/// It is read by one cursor or by several side by side, each row by row, so that a bad row can be told from its neighbours.
/// </summary>
/// <remarks>
/// ML.NET's transformers read ahead where every column that is wanted can be kept for later, and end at the first row that throws, wherever it is. A column that can't be kept, wanted
/// beside the others, has them read row by row: <see cref="RowColumn"/>, which holds what was seen of the row's image. Steps before this view may still read ahead what comes before the images.
/// </remarks>
/// <param name="maxPixels">The most pixels an image may have.</param>
internal sealed class CheckedImages(IDataView data, string imageColumn, long maxPixels) : IDataView
{
    private const string RowColumn = "distillation.row";

    public DataViewSchema Schema { get; } = WithRowColumn(data.Schema);

    public bool CanShuffle => data.CanShuffle;

    private string ImageColumn => imageColumn;

    /// <summary>Cursors over a view made of this one, which go row by row, each to be read by a thread of its own.</summary>
    /// <param name="most">How many are wanted. There is one where the steps before can't share their rows out.</param>
    public static DataViewRowCursor[] RowByRow(IDataView view, IEnumerable<DataViewSchema.Column> columns, int most) => view.GetRowCursorSet(columns.Append(view.Schema[RowColumn]), most);

    /// <summary>What is seen of the images of such a cursor: one thing, which changes from row to row.</summary>
    public static SeenImage Seen(DataViewRow row)
    {
        SeenImage? seen = null;
        row.GetGetter<SeenImage>(row.Schema[RowColumn])(ref seen!);
        return seen;
    }

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, data.GetRowCursor(OfData(columnsNeeded), rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. data.GetRowCursorSet(OfData(columnsNeeded), n, rand).Select(cursor => new Cursor(this, cursor))];

    private IEnumerable<DataViewSchema.Column> OfData(IEnumerable<DataViewSchema.Column> columns) => columns.Where(c => c.Index < data.Schema.Count).Select(c => data.Schema[c.Index]);

    private static DataViewSchema WithRowColumn(DataViewSchema schema)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(schema);
        builder.AddColumn(RowColumn, new RowType());
        return builder.ToSchema();
    }

    private void Check(in VBuffer<byte> bytes, SeenImage seen)
    {
        var header = ImageHeader.Read(bytes.IsDense ? bytes.GetValues() : bytes.DenseValues().ToArray());
        Refuse(header.Refusal(maxPixels, whole: true));
        seen.Note(header);
    }

    private void Check(MLImage? image, SeenImage seen)
    {
        if (image is null)
        {
            Refuse("The column holds no image: its path is empty, or the step before gave none");
            return;
        }
        var file = FileOf(image, seen);
        Refuse((long)image.Width * image.Height > maxPixels ? ImageHeader.TooLarge(image.Width, image.Height, maxPixels) : file?.Refusal(maxPixels, whole: true));
        if (file is not null)
            seen.Note(file);
    }

    /// <summary>LoadImages tags an image with its file, whose bytes tell what the decoder passed over. Another tag names no image of this size.</summary>
    private static ImageHeader? FileOf(MLImage image, SeenImage seen)
    {
        try
        {
            if (string.IsNullOrEmpty(image.Tag) || !File.Exists(image.Tag))
                return null;
            var header = ImageHeader.Read(File.ReadAllBytes(image.Tag));
            var same = header.Width == image.Width && header.Height == image.Height;
            if (header.Format.Length == 0 || (!same && header.Width > 0))
                return null;
            seen.File = image.Tag;
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
    private sealed class RowType() : StructuredDataViewType(typeof(SeenImage))
    {
        public override bool Equals(DataViewType? other) => other is RowType;

        public override bool Equals(object? other) => other is RowType;

        public override int GetHashCode() => 0;

        public override string ToString() => "Row";
    }

    private sealed class Cursor(CheckedImages view, DataViewRowCursor inner) : WrappedCursor(inner)
    {
        private readonly SeenImage _seen = new();

        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index >= Inner.Schema.Count || base.IsColumnActive(Inner.Schema[column.Index]);

        public override bool MoveNext()
        {
            _seen.Clear();
            return base.MoveNext();
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (column.Index >= Inner.Schema.Count)
                return (ValueGetter<TValue>)(object)(ValueGetter<SeenImage>)((ref SeenImage seen) => seen = _seen);
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
            _seen.Clear();
            getter(ref bytes);
            view.Check(in bytes, _seen);
        };

        private ValueGetter<MLImage> Checked(ValueGetter<MLImage> getter) => (ref MLImage image) =>
        {
            _seen.Clear();
            getter(ref image);
            view.Check(image, _seen);
        };
    }
}
