using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Reads a cursor's row: its letterboxed image, and what is on it where that is known.</summary>
internal sealed class SceneRow
{
    private readonly bool _dropsObjects;
    private readonly LetterboxedRow _image;
    private readonly ObjectRow? _objects;
    private readonly AnnotatedSize? _annotated;
    private readonly SeenImage _seen;
    private readonly RowSource _source;

    /// <param name="columns">Null to read images alone.</param>
    /// <param name="dropsObjects">Whether an object that can't be used is left out of its row, and not the whole row.</param>
    public SceneRow(DataViewRow row, DetectorPreparation preparation, ObjectColumns? columns, bool dropsObjects)
    {
        _dropsObjects = dropsObjects;
        _image = new LetterboxedRow(row, preparation);
        _objects = columns is null ? null : new ObjectRow(row, columns);
        _annotated = columns is null || AnnotatedSize.Columns(row.Schema).Count == 0 ? null : new AnnotatedSize(row);
        _seen = CheckedImages.Seen(row);
        _source = new RowSource(row, SourceColumn.Find(row.Schema));
    }

    /// <summary>The columns it reads.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, ObjectColumns? columns)
    {
        List<DataViewSchema.Column> needed = [.. LetterboxedRow.Columns(schema)];
        if (columns is not null)
            needed.AddRange([schema[columns.Labels.Name], schema[columns.Boxes.Name], .. AnnotatedSize.Columns(schema)]);
        if (SourceColumn.Find(schema) is { } source)
            needed.Add(source);
        return needed;
    }

    public void Read(Prepared row)
    {
        row.Option = "BadImages to Skip";
        try
        {
            row.Letterbox = _image.Read(ref row.Pixels);
            row.Note(_seen);
            _annotated?.Check(row.Letterbox.ImageWidth, row.Letterbox.ImageHeight);
            row.Option = "BadObjects to Drop";
            _objects?.Read(row.Letterbox.ImageWidth, row.Letterbox.ImageHeight, _dropsObjects ? (classIndex, fault) => row.Dropped.Add((classIndex, fault)) : null);
        }
        catch (InvalidDataException fault)
        {
            row.Refuse($": {fault.Message}", fault);
            ReadClasses();
        }
        if (_objects is not null)
            (row.Classes, row.Boxes) = (_objects.Classes.ToArray(), row.Fault is null ? _objects.Boxes.ToArray() : []);
        if (row.Fault is not null || row.Dropped.Count > 0)
            row.Source = _source.Find();
    }

    /// <summary>What is lost with the row, as far as it can be told.</summary>
    private void ReadClasses()
    {
        try
        {
            _objects?.ReadClasses();
        }
        catch (InvalidDataException)
        {
            _objects!.Clear();
        }
    }

    /// <summary>What was read.</summary>
    internal sealed class Prepared : PreparedRow
    {
        public Letterbox Letterbox { get; set; }

        /// <summary>Class of each object, from 0; of a row that can't be used, negative where it is missing or out of range.</summary>
        public int[] Classes { get; set; } = [];

        /// <summary>x0 y0 x1 y1 of each object, in pixels of the image.</summary>
        public float[] Boxes { get; set; } = [];

        /// <summary>Objects that were left out: their class, negative where they have none, and why.</summary>
        public List<(int ClassIndex, string Fault)> Dropped { get; } = [];

        /// <summary>What the user may set to do without the row.</summary>
        public string Option { get; set; } = "";

        public override void Clear()
        {
            base.Clear();
            Dropped.Clear();
            (Classes, Boxes) = ([], []);
        }
    }
}
