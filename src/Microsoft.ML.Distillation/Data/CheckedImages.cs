using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Headers;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// A data view whose images are looked at as they pass: the bytes of a file before they are decoded, a decoded image as far as it still tells. One that can't be used throws.
/// It is read by one cursor at a time, so that a bad row can be told from its neighbours.
/// </summary>
internal sealed class CheckedImages(IDataView data, string imageColumn, RowLog log) : IDataView
{
    public DataViewSchema Schema => data.Schema;

    public bool CanShuffle => data.CanShuffle;

    /// <summary>The file that the last image came from; null where it doesn't tell.</summary>
    public string? Source { get; private set; }

    private string ImageColumn => imageColumn;

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, data.GetRowCursor(columnsNeeded, rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

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

    private sealed class Cursor(CheckedImages view, DataViewRowCursor inner) : WrappedCursor(inner)
    {
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var getter = base.GetGetter<TValue>(column);
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
