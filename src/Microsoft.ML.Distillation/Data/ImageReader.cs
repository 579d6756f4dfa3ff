using Microsoft.ML.Distillation.Reading;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Reads the images of a data view, with labels or without, into a <see cref="PixelStore"/>.</summary>
internal sealed class ImageReader
{
    private readonly LabelColumn? _label;
    private readonly string _role;
    private readonly RowLog _log;
    private readonly Dictionary<int, SkippedRow> _lost = []; // the first lost row of each class

    private ImageReader(LabelColumn? label, string role, RowLog log) => (_label, _role, _log) = (label, role, log);

    /// <param name="data">Rows with an image and a label.</param>
    /// <param name="label">Null to read images alone.</param>
    /// <param name="role">What the rows are for, for messages: "training".</param>
    /// <param name="onRow">Called with the number of rows read so far, in the calling thread.</param>
    /// <param name="log">What to do with bad rows, and where they are noted; null to stop at the first.</param>
    /// <param name="threads">That decode images, as far as the data's steps can be shared out; null for all processors. It changes nothing of what is read.</param>
    public static PixelStore Read(
        IDataView data, ImagePreparation preparation, LabelColumn? label, PixelStore store, string role, Action<long>? onRow, CancellationToken cancellation, RowLog? log = null, int? threads = null)
    {
        var reader = new ImageReader(label, role, log ?? new RowLog());
        var images = new CheckedImages(data, preparation.InputColumn, reader._log.MaxPixels);
        var prepared = preparation.Fit(data, asBytes: true).Aggregate((IDataView)images, (view, step) => step.Transform(view));
        var cursors = CheckedImages.RowByRow(prepared, ImageRow.Columns(prepared.Schema, label), threads ?? ThreadLimit.Default);
        reader.ReadInto(store, RowsInOrder.Read<ImageRow.Prepared>(cursors, row => new ImageRow(row, preparation, label).Read, new RowsFor(role), store.RowBytes, cancellation), onRow);
        return store;
    }

    private void ReadInto(PixelStore store, IEnumerable<ImageRow.Prepared> rows, Action<long>? onRow)
    {
        foreach (var row in rows)
        {
            if (row.Fault is { } fault)
            {
                _lost.TryAdd(row.ClassIndex, _log.Refuse(_role, row.Number, fault, row.Source, row.Error));
                continue;
            }
            _log.Note(row.Number, row.Orientation, row.Animated);
            row.Pixels.CopyTo(store.Add(row.ClassIndex));
            onRow?.Invoke(store.Count);
        }
        _log.ThrowIfNone(_role, store.Count);
        CheckClasses(store);
    }

    /// <summary>A class that training lost, and nobody asked to lose, would be one that the student never names.</summary>
    private void CheckClasses(PixelStore store)
    {
        if (_lost.Count == 0 || _label is null)
            return;
        var kept = store.Labels.ToHashSet();
        foreach (var (classIndex, first) in _lost)
        {
            if (classIndex >= 0 && !kept.Contains(classIndex))
                throw new InvalidDataException($"All rows of class '{_label.ClassNames[classIndex]}' in the {_role} data are unusable, the first being {first} Mend them, or leave the class out.");
        }
    }
}
