using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Images and what is on them.</summary>
internal sealed record DetectionData(PixelStore Pixels, BoxStore Boxes) : IDisposable
{
    public int Count => Pixels.Count;

    /// <summary>Some of the rows, which live as long as these.</summary>
    public DetectionData Only(int[] rows) => new(Pixels.Only(rows), Boxes.Only(rows));

    /// <summary>Tells the rows from others.</summary>
    public string Fingerprint() => $"{Pixels.Fingerprint()}; {Boxes.Fingerprint()}";

    public void Dispose() => Pixels.Dispose();
}

/// <summary>Reads the images of a data view, letterboxed, and the objects on them.</summary>
internal static class DetectionReader
{
    /// <param name="data">Rows with an image, labels and boxes.</param>
    /// <param name="columns">Null to read images alone, on which there is then nothing.</param>
    /// <param name="pixels">Where the images go; the result owns it.</param>
    /// <param name="role">What the rows are for, for messages: "training".</param>
    /// <param name="onRow">Called with the number of rows read so far.</param>
    /// <param name="onBadObject">Told what is wrong with an object, which is then left out; null to throw.</param>
    /// <param name="log">What to do with rows that can't be used, and where they are noted; files are then checked before they are decoded. Null to stop at the first.</param>
    public static DetectionData Read(
        IDataView data, DetectorPreparation preparation, ObjectColumns? columns, PixelStore pixels, string role, Action<long>? onRow, CancellationToken cancellation,
        Action<string>? onBadObject = null, RowLog? log = null)
    {
        var images = log is null ? data : new CheckedImages(data, preparation.InputColumn, log);
        var prepared = preparation.Fit(images, asBytes: true, isChecked: log is not null).Aggregate(images, (view, step) => step.Transform(view));
        var (pixelColumn, sizeColumn) = (prepared.Schema[ImagePreparation.PixelColumn], prepared.Schema[DetectorPreparation.SizeColumn]);
        using var cursor = prepared.GetRowCursor(
            columns is null ? [pixelColumn, sizeColumn] : [pixelColumn, sizeColumn, prepared.Schema[columns.Labels.Name], prepared.Schema[columns.Boxes.Name]]);
        var image = new ImageGetters(cursor.GetGetter<VBuffer<byte>>(pixelColumn), cursor.GetGetter<VBuffer<long>>(sizeColumn), preparation);
        var objects = columns is null ? null : new ObjectRow(cursor, columns);
        var boxes = new BoxStore();
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var where = $"Row {cursor.Position} of the {role} data: ";
            Letterbox letterbox;
            try
            {
                letterbox = image.Read(where);
                ReadObjects(objects, letterbox, where, onBadObject);
            }
            catch (InvalidDataException fault) when (log is not null)
            {
                Skip(log, fault, role, cursor.Position, where, (images as CheckedImages)?.Source);
                continue;
            }
            image.Pixels.CopyTo(pixels.Add(PixelStore.NoLabel));
            boxes.Add(letterbox, objects is null ? [] : objects.Classes, objects is null ? [] : objects.Boxes);
            onRow?.Invoke(pixels.Count);
        }
        return pixels.Count > 0
            ? new DetectionData(pixels, boxes)
            : throw new InvalidDataException(log is not { Skipped: { Count: > 0 } skipped } ? $"The {role} data has no rows." : $"All {skipped.Count} rows of the {role} data are unusable, the first being {skipped[0]}");
    }

    private static void Skip(RowLog log, InvalidDataException fault, string role, long row, string where, string? source)
    {
        var reason = fault.Message[where.Length..].TrimEnd('.');
        if (!log.Skips)
            throw new InvalidDataException($"{where}{reason}.{(source is null ? "" : $" It comes from '{source}'.")}{(log.Offered ? " Mend or remove it, or set BadImages to Skip." : "")}", fault.InnerException ?? fault);
        log.Skip(new SkippedRow(role, row, reason, source));
    }

    private static void ReadObjects(ObjectRow? objects, Letterbox letterbox, string where, Action<string>? onBadObject)
    {
        try
        {
            objects?.Read(letterbox.ImageWidth, letterbox.ImageHeight, onBadObject is null ? null : fault => onBadObject(where + fault));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException(where + fault.Message, fault);
        }
    }

    private sealed class ImageGetters(ValueGetter<VBuffer<byte>> getPixels, ValueGetter<VBuffer<long>> getSize, DetectorPreparation preparation)
    {
        private VBuffer<byte> _pixels;
        private VBuffer<long> _size;

        public VBuffer<byte> Pixels => _pixels;

        public Letterbox Read(string where)
        {
            try
            {
                getPixels(ref _pixels);
                getSize(ref _size);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                throw new InvalidDataException($"{where}the image in column '{preparation.InputColumn}' can't be read. {error.Message}", error);
            }
            var (width, height) = ((int)_size.GetItemOrDefault(0), (int)_size.GetItemOrDefault(1));
            return width > 0 && height > 0 && _pixels.Length == 3 * preparation.Size.Pixels
                ? Letterbox.Of(width, height, preparation.Size.Width, preparation.Size.Height)
                : throw new InvalidDataException($"{where}column '{preparation.InputColumn}' holds no image.");
        }
    }
}
