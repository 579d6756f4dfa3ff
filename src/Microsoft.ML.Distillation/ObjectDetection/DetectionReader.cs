using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

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
    private readonly DataViewRowCursor _cursor;
    private readonly LetterboxedRow _image;
    private readonly ObjectRow? _objects;
    private readonly AnnotatedSize? _annotated;
    private readonly RowSource _source;
    private readonly BoxStore _boxes = new();

    private DetectionReader(IDataView data, DetectorPreparation preparation, ObjectColumns? columns, string role, RowLog log, Action<SkippedRow>? onBadObject)
    {
        (_columns, _role, _log, _onBadObject) = (columns, role, log, onBadObject);
        var images = new CheckedImages(data, preparation.InputColumn, log);
        var prepared = preparation.Fit(data, asBytes: true, isChecked: true).Aggregate((IDataView)images, (view, step) => step.Transform(view));
        List<DataViewSchema.Column> needed = [.. LetterboxedRow.Columns(prepared.Schema)];
        if (columns is not null)
            needed.AddRange([prepared.Schema[columns.Labels.Name], prepared.Schema[columns.Boxes.Name]]);
        var annotated = columns is null ? [] : AnnotatedSize.Columns(prepared.Schema);
        needed.AddRange(annotated);
        var source = SourceColumn.Find(prepared.Schema);
        if (source is { } path)
            needed.Add(path);
        _cursor = CheckedImages.RowByRow(prepared, needed);
        _image = new LetterboxedRow(_cursor, preparation);
        _objects = columns is null ? null : new ObjectRow(_cursor, columns);
        _annotated = annotated.Count == 0 ? null : new AnnotatedSize(_cursor);
        _source = new RowSource(images, _cursor, source);
    }

    /// <param name="data">Rows with an image, labels and boxes.</param>
    /// <param name="columns">Null to read images alone, on which there is then nothing.</param>
    /// <param name="pixels">Where the images go; the result owns it.</param>
    /// <param name="role">What the rows are for, for messages: "training".</param>
    /// <param name="onRow">Called with the number of rows read so far.</param>
    /// <param name="onBadObject">Told the row of an object that can't be used, and why; it is then left out of its row. Null to count the whole row as bad.</param>
    /// <param name="log">What to do with bad rows, and where they are noted; null to stop at the first.</param>
    public static DetectionData Read(
        IDataView data, DetectorPreparation preparation, ObjectColumns? columns, PixelStore pixels, string role, Action<long>? onRow, CancellationToken cancellation,
        Action<SkippedRow>? onBadObject = null, RowLog? log = null)
    {
        var reader = new DetectionReader(data, preparation, columns, role, log ?? new RowLog(), onBadObject);
        using (reader._cursor)
            reader.ReadInto(pixels, onRow, cancellation);
        return new DetectionData(pixels, reader._boxes);
    }

    private void ReadInto(PixelStore pixels, Action<long>? onRow, CancellationToken cancellation)
    {
        Action<int, string>? drop = _onBadObject is null ? null : Drop;
        while (RowLog.Next(_cursor, _role))
        {
            cancellation.ThrowIfCancellationRequested();
            var option = "BadImages to Skip";
            try
            {
                var letterbox = _image.Read();
                _annotated?.Check(letterbox.ImageWidth, letterbox.ImageHeight);
                option = "BadObjects to Drop";
                _objects?.Read(letterbox.ImageWidth, letterbox.ImageHeight, drop);
                _boxes.Add(letterbox, _objects is null ? [] : _objects.Classes, _objects is null ? [] : _objects.Boxes);
            }
            catch (InvalidDataException fault)
            {
                Lose(_log.Refuse(_role, _cursor.Position, $": {fault.Message}", _source.Find(), fault, option));
                continue;
            }
            _image.Pixels.CopyTo(pixels.Add(PixelStore.NoLabel));
            onRow?.Invoke(pixels.Count);
        }
        _log.ThrowIfNone(_role, pixels.Count);
        CheckClasses();
    }

    private void Drop(int classIndex, string fault)
    {
        var row = new SkippedRow(_role, _cursor.Position, fault.TrimEnd('.'), _source.Find());
        _lost.TryAdd(classIndex, row);
        _onBadObject!(row);
    }

    private void Lose(SkippedRow row)
    {
        _objects?.ReadClasses();
        foreach (var classIndex in _objects is null ? [] : _objects.Classes)
            _lost.TryAdd(classIndex, row);
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
