using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Reads the images of a data view, with labels or without, into a <see cref="PixelStore"/>.</summary>
internal sealed class ImageReader
{
    private readonly ImagePreparation _preparation;
    private readonly LabelColumn? _label;
    private readonly string _role;
    private readonly RowLog _log;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<byte>> _getPixels;
    private readonly Func<int>? _getLabel;
    private readonly RowSource _source;
    private VBuffer<byte> _pixels;
    private Exception? _error;

    private ImageReader(IDataView data, ImagePreparation preparation, LabelColumn? label, string role, RowLog log)
    {
        (_preparation, _label, _role, _log) = (preparation, label, role, log);
        var images = new CheckedImages(data, preparation.InputColumn, log);
        var prepared = preparation.Fit(data, asBytes: true).Aggregate((IDataView)images, (view, step) => step.Transform(view));
        var pixels = prepared.Schema[ImagePreparation.PixelColumn];
        var source = SourceColumn.Find(prepared.Schema);
        List<DataViewSchema.Column> needed = [pixels];
        if (label is not null)
            needed.Add(prepared.Schema[label.Column.Name]);
        if (source is { } path)
            needed.Add(path);
        _cursor = CheckedImages.RowByRow(prepared, needed);
        _getPixels = _cursor.GetGetter<VBuffer<byte>>(pixels);
        _getLabel = label?.Getter(_cursor);
        _source = new RowSource(images, _cursor, source);
    }

    /// <param name="data">Rows with an image and a label.</param>
    /// <param name="label">Null to read images alone.</param>
    /// <param name="role">What the rows are for, for messages: "training".</param>
    /// <param name="onRow">Called with the number of rows read so far.</param>
    /// <param name="log">What to do with bad rows, and where they are noted; null to stop at the first.</param>
    public static PixelStore Read(
        IDataView data, ImagePreparation preparation, LabelColumn? label, PixelStore store, string role, Action<long>? onRow, CancellationToken cancellation, RowLog? log = null)
    {
        var reader = new ImageReader(data, preparation, label, role, log ?? new RowLog());
        using (reader._cursor)
            reader.ReadInto(store, onRow, cancellation);
        return store;
    }

    private void ReadInto(PixelStore store, Action<long>? onRow, CancellationToken cancellation)
    {
        var lost = new Dictionary<int, SkippedRow>(); // the first lost row of each class
        while (RowLog.Next(_cursor, _role))
        {
            cancellation.ThrowIfCancellationRequested();
            var classIndex = _getLabel?.Invoke() ?? PixelStore.NoLabel;
            if ((LabelFault(classIndex) ?? ReadPixels()) is { } fault)
            {
                lost.TryAdd(classIndex, _log.Refuse(_role, _cursor.Position, fault, _source.Find(), _error));
                continue;
            }
            _pixels.CopyTo(store.Add(classIndex));
            onRow?.Invoke(store.Count);
        }
        _log.ThrowIfNone(_role, store.Count);
        CheckClasses(store, lost);
    }

    /// <summary>A class that training lost, and nobody asked to lose, would be one that the student never names.</summary>
    private void CheckClasses(PixelStore store, Dictionary<int, SkippedRow> lost)
    {
        if (lost.Count == 0 || _label is null)
            return;
        var kept = store.Labels.ToHashSet();
        foreach (var (classIndex, first) in lost)
        {
            if (classIndex >= 0 && !kept.Contains(classIndex))
                throw new InvalidDataException($"All rows of class '{_label.ClassNames[classIndex]}' in the {_role} data are unusable, the first being {first} Mend them, or leave the class out.");
        }
    }

    private string? LabelFault(int classIndex) => _label is null ? null : classIndex switch
    {
        LabelColumn.Missing => $"has no label (column '{_label.Column.Name}' is missing there); drop such rows, or give MapValueToKey all classes",
        LabelColumn.OutOfRange => $"has a label out of range: column '{_label.Column.Name}' is {_label.Column.Type}, and its key is greater; make it with MapValueToKey",
        _ => null,
    };

    /// <summary>Reads the row's pixels, or says why that can't be done.</summary>
    private string? ReadPixels()
    {
        _error = null;
        try
        {
            _getPixels(ref _pixels);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            _error = error;
            return $": the image in column '{_preparation.InputColumn}' can't be read. {error.Message}";
        }
        return _pixels.Length == 3 * _preparation.Size.Pixels ? null : $": column '{_preparation.InputColumn}' holds no image";
    }
}
