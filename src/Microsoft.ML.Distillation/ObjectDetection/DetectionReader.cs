using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Reading;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Images and what is on them.</summary>
internal sealed record DetectionData(PixelStore Pixels, BoxStore Boxes) : IDisposable
{
    public int Count => Pixels.Count;

    /// <summary>Some of the rows, which live as long as these.</summary>
    public DetectionData Only(int[] rows) => new(Pixels.Only(rows), Boxes.Only(rows));

    /// <summary>The same objects, all of one class.</summary>
    public DetectionData OfOneClass() => this with { Boxes = Boxes.OfOneClass() };

    /// <summary>Tells the rows from others.</summary>
    public string Fingerprint() => $"{Pixels.Fingerprint()}; {Boxes.Fingerprint()}";

    public void Dispose() => Pixels.Dispose();
}

/// <summary>Reads the images of a data view, letterboxed, and the objects on them.</summary>
internal sealed class DetectionReader
{
    private readonly ObjectColumns? _columns;
    private readonly string _role;
    private readonly RowLog _log;
    private readonly Action<SkippedRow>? _onBadObject;
    private readonly Dictionary<int, SkippedRow> _lost = []; // the first lost row of each class
    private readonly BoxStore _boxes = new();

    private DetectionReader(ObjectColumns? columns, string role, RowLog log, Action<SkippedRow>? onBadObject) => (_columns, _role, _log, _onBadObject) = (columns, role, log, onBadObject);

    /// <param name="data">Rows with an image, labels and boxes.</param>
    /// <param name="columns">Null to read images alone, on which there is then nothing.</param>
    /// <param name="pixels">Where the images go; the result owns it.</param>
    /// <param name="role">What the rows are for, for messages: "training".</param>
    /// <param name="onRow">Called with the number of rows read so far, in the calling thread.</param>
    /// <param name="onBadObject">Told the row of an object that can't be used, and why, in the calling thread; it is then left out of its row. Null to count the whole row as bad.</param>
    /// <param name="log">What to do with bad rows, and where they are noted; null to stop at the first.</param>
    /// <param name="threads">That decode images, as far as the data's steps can be shared out; null for all processors. It changes nothing of what is read.</param>
    public static DetectionData Read(
        IDataView data, DetectorPreparation preparation, ObjectColumns? columns, PixelStore pixels, string role, Action<long>? onRow, CancellationToken cancellation,
        Action<SkippedRow>? onBadObject = null, RowLog? log = null, int? threads = null)
    {
        var reader = new DetectionReader(columns, role, log ?? new RowLog(), onBadObject);
        var images = new CheckedImages(data, preparation.InputColumn, reader._log.MaxPixels);
        var prepared = preparation.Fit(data, asBytes: true, isChecked: true).Aggregate((IDataView)images, (view, step) => step.Transform(view));
        var cursors = CheckedImages.RowByRow(prepared, SceneRow.Columns(prepared.Schema, columns), threads ?? ThreadLimit.Default);
        var rows = RowsInOrder.Read<SceneRow.Prepared>(cursors, row => new SceneRow(row, preparation, columns, onBadObject is not null).Read, new RowsFor(role), pixels.RowBytes, cancellation);
        reader.ReadInto(pixels, rows, onRow);
        return new DetectionData(pixels, reader._boxes);
    }

    private void ReadInto(PixelStore pixels, IEnumerable<SceneRow.Prepared> rows, Action<long>? onRow)
    {
        foreach (var row in rows)
        {
            foreach (var (classIndex, fault) in row.Dropped)
                Drop(row, classIndex, fault);
            if (row.Fault is { } refused)
            {
                Lose(row, _log.Refuse(_role, row.Number, refused, row.Source, row.Error, row.Option));
                continue;
            }
            _log.Note(row.Number, row.Orientation, row.Animated);
            _boxes.Add(row.Letterbox, row.Classes, row.Boxes);
            row.Pixels.CopyTo(pixels.Add(PixelStore.NoLabel));
            onRow?.Invoke(pixels.Count);
        }
        _log.ThrowIfNone(_role, pixels.Count);
        CheckClasses();
    }

    private void Drop(SceneRow.Prepared row, int classIndex, string fault)
    {
        var dropped = new SkippedRow(_role, row.Number, fault.TrimEnd('.'), row.Source);
        _lost.TryAdd(classIndex, dropped);
        _onBadObject!(dropped);
    }

    private void Lose(SceneRow.Prepared row, SkippedRow skipped)
    {
        foreach (var classIndex in row.Classes)
            _lost.TryAdd(classIndex, skipped);
    }

    /// <summary>A class that training lost, and nobody asked to lose, would be one that the student never finds.</summary>
    private void CheckClasses()
    {
        if (_lost.Count == 0)
            return;
        for (var row = 0; row < _boxes.Count; row++)
        {
            foreach (var classIndex in _boxes.Classes(row))
                _lost.Remove(classIndex);
        }
        foreach (var (classIndex, first) in _lost)
        {
            if (classIndex >= 0)
                throw new InvalidDataException($"All rows with objects of class '{_columns!.ClassNames[classIndex]}' in the {_role} data are unusable, the first being {first} Mend them, or leave the class out.");
        }
    }
}
