using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Reads the images of a data view, with labels or without, into a <see cref="PixelStore"/>.</summary>
internal static class ImageReader
{
    /// <param name="data">Rows with an image and a label.</param>
    /// <param name="label">Null to read images alone.</param>
    /// <param name="role">What the rows are for, for messages: "training".</param>
    /// <param name="onRow">Called with the number of rows read so far.</param>
    public static PixelStore Read(
        IDataView data, ImagePreparation preparation, LabelColumn? label, PixelStore store, string role, Action<long>? onRow, CancellationToken cancellation)
    {
        var prepared = preparation.Fit(data, asBytes: true).Aggregate(data, (view, step) => step.Transform(view));
        var pixelColumn = prepared.Schema[ImagePreparation.PixelColumn];
        using var cursor = prepared.GetRowCursor(label is null ? [pixelColumn] : [pixelColumn, prepared.Schema[label.Column.Name]]);
        var getPixels = cursor.GetGetter<VBuffer<byte>>(pixelColumn);
        var getLabel = label?.Getter(cursor);
        VBuffer<byte> pixels = default;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var row = cursor.Position;
            ReadPixels(getPixels, ref pixels, role, row, preparation);
            var classIndex = getLabel?.Invoke() ?? PixelStore.NoLabel;
            if (classIndex < 0 && label is not null)
                throw new InvalidDataException($"Row {row} of the {role} data has no label (column '{label.Column.Name}' is missing there); drop such rows, or give MapValueToKey all classes.");
            pixels.CopyTo(store.Add(classIndex));
            onRow?.Invoke(store.Count);
        }
        if (store.Count == 0)
            throw new InvalidDataException($"The {role} data has no rows.");
        return store;
    }

    private static void ReadPixels(ValueGetter<VBuffer<byte>> getPixels, ref VBuffer<byte> pixels, string role, long row, ImagePreparation preparation)
    {
        try
        {
            getPixels(ref pixels);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            throw new InvalidDataException($"Row {row} of the {role} data: the image in column '{preparation.InputColumn}' can't be read. {error.Message}", error);
        }
        if (pixels.Length != 3 * preparation.Size.Pixels)
            throw new InvalidDataException($"Row {row} of the {role} data: column '{preparation.InputColumn}' holds no image.");
    }
}
