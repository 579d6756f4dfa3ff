using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>What an ML.NET detector found on a data view's rows, by row.</summary>
internal sealed class TransformerDetectorTeacherSession : DetectorTeacherSession
{
    private readonly TransformerDetectorTeacherOptions _options;
    private readonly ITransformer _transformer;
    private readonly IDataView _rows;
    private readonly RowLog? _kept;
    private readonly CancellationToken _cancellation;
    private readonly List<RowObjects> _found;

    public TransformerDetectorTeacherSession(ITransformer transformer, TransformerDetectorTeacherOptions options, IDataView rows, DetectorTeacherSettings settings)
    {
        (_transformer, _options, _cancellation) = (transformer, options, settings.Cancellation);
        // Which rows are left out is known once the images are read; what is on them is better known now, while images in memory are still what they were: ML.NET's resizing disposes them.
        (_rows, _kept) = rows is KeptRows kept ? (kept.Source, kept.Log) : (rows, null);
        var schema = Output(rows.Schema);
        Check(schema, options.PredictedLabelColumnName, nameof(options.PredictedLabelColumnName));
        Check(schema, options.ScoreColumnName, nameof(options.ScoreColumnName));
        Check(schema, options.PredictedBoundingBoxColumnName, nameof(options.PredictedBoundingBoxColumnName));
        (ClassNames, ClassCount) = ClassesOf(schema[options.PredictedLabelColumnName]);
        _ = new Reader(schema, options, ClassNames); // says what is no column of objects
        _found = Read();
    }

    public override ImageSize? InputSize => null;

    public override IReadOnlyList<string>? ClassNames { get; }

    public override int ClassCount { get; }

    public override long? ParameterCount => null;

    public override long? ModelBytes => null;

    public override bool LooksAtRows => true;

    public override FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows)
    {
        if (rows.Count != pixels.shape[0])
            throw new ArgumentException($"There are {pixels.shape[0]} images of {rows.Count} rows; every image needs the row it comes from.", nameof(rows));
        var (found, box) = (new FoundList(), new float[4]);
        for (var image = 0; image < rows.Count; image++)
        {
            var row = _found[(int)(_kept?.SourceRow(rows[image]) ?? rows[image])];
            if (row.Fault is { } fault)
                throw new InvalidDataException(fault.Message, fault);
            var letterbox = Letterbox.Of(row.Width, row.Height, (int)pixels.shape[3], (int)pixels.shape[2]);
            for (var i = 0; i < row.Classes.Length; i++)
            {
                letterbox.ToInput(row.Boxes.AsSpan(4 * i, 4), box);
                found.Add(image, box, row.Scores[i], row.Classes[i]);
            }
        }
        return found.ToTensors();
    }

    public override void Dispose()
    {
    }

    private DataViewSchema Output(DataViewSchema input)
    {
        try
        {
            return _transformer.GetOutputSchema(input);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{_options.Name} can't look at the rows: {error.Message} They need the columns it was fitted on; keep them in the pipeline up to the distillation.", error);
        }
    }

    private void Check(DataViewSchema schema, string column, string option)
    {
        if (schema.GetColumnOrNull(column) is null)
            throw new InvalidDataException($"{_options.Name} gives no column '{column}'; name the right one in TransformerDetectorTeacherOptions.{option}.");
    }

    private (IReadOnlyList<string>? Names, int Count) ClassesOf(DataViewSchema.Column label)
    {
        if ((label.Type as VectorDataViewType)?.ItemType is KeyDataViewType { Count: > 0 and <= int.MaxValue } key)
        {
            IReadOnlyList<string>? names = KeyValues.Names(label) ?? _options.ClassNames;
            return names is null || names.Count == (int)key.Count
                ? (names, (int)key.Count)
                : throw new InvalidDataException($"{_options.Name}: its column '{label.Name}' has keys of {key.Count} classes, and {names.Count} class names were given for it.");
        }
        if (label.Type is not VectorDataViewType { ItemType: TextDataViewType })
            throw new InvalidDataException($"{_options.Name}: its column '{label.Name}' is {label.Type}; a vector of keys or of text is needed, the class of each object.");
        return _options.ClassNames is { } given
            ? (given, given.Count)
            : throw new InvalidDataException($"{_options.Name}: its column '{label.Name}' holds text, which does not tell what classes there are; name them in TransformerDetectorTeacherOptions.ClassNames.");
    }

    /// <summary>Two passes side by side: the one's images are measured, the other's are looked at. A model may drop whatever columns it likes.</summary>
    private List<RowObjects> Read()
    {
        var measured = new DetectorPreparation(new MLContext(), _options.ImageColumnName, new ImageSize(1, 1)).FitMeasuring(_rows).Aggregate(_rows, (view, step) => step.Transform(view));
        var size = measured.Schema[DetectorPreparation.SizeColumn];
        var scored = _transformer.Transform(_rows);
        var reader = new Reader(scored.Schema, _options, ClassNames);
        using var sizes = measured.RowByRow([size]);
        using var objects = scored.RowByRow(reader.Columns.Select(name => scored.Schema[name]));
        var (getSize, getObjects) = (NumberColumn.VectorGetter<long>(sizes, size.Name), reader.Getter(objects));
        var all = new List<RowObjects>();
        while (sizes.MoveNext())
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!objects.MoveNext())
                throw new InvalidDataException($"{_options.Name} gives {all.Count} rows of more; it must keep their number.");
            all.Add(ReadRow(all.Count, getSize, getObjects));
        }
        return objects.MoveNext() ? throw new InvalidDataException($"{_options.Name} gives more than the {all.Count} rows there are; it must keep their number.") : all;
    }

    /// <summary>A row that can't be read may be one that is left out: what is wrong with it is told when it is asked for.</summary>
    private RowObjects ReadRow(int row, Func<long[]> getSize, Func<int, RowObjects> getObjects)
    {
        try
        {
            return getSize() is [> 0 and var width, > 0 and var height]
                ? getObjects(row) with { Width = (int)width, Height = (int)height }
                : throw new InvalidDataException($"{_options.Name}: row {row} has no image in column '{_options.ImageColumnName}'.");
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            var fault = error as InvalidDataException ?? new InvalidDataException($"{_options.Name}: row {row} can't be read: {error.GetBaseException().Message}", error);
            return _kept is null ? throw fault : new RowObjects([], [], []) { Fault = fault };
        }
    }

    /// <summary>What was found on a row's image, in pixels of that image.</summary>
    private sealed record RowObjects(int[] Classes, float[] Scores, float[] Boxes, int Width = 0, int Height = 0)
    {
        public Exception? Fault { get; init; }
    }

    private sealed class Reader
    {
        private readonly TransformerDetectorTeacherOptions _options;
        private readonly ClassNames _classes = new();
        private readonly ClassColumn _labels;
        private readonly NumberColumn _scores;
        private readonly NumberColumn _boxes;
        private readonly int _classCount;

        public Reader(DataViewSchema schema, TransformerDetectorTeacherOptions options, IReadOnlyList<string>? names)
        {
            _options = options;
            // Text takes the places of the names; keys without values are their own.
            var isText = schema[options.PredictedLabelColumnName].Type is VectorDataViewType { ItemType: TextDataViewType };
            foreach (var name in isText ? names ?? [] : [])
                _classes.Place(name);
            _labels = new(schema, options.PredictedLabelColumnName, "Predicted label", _classes);
            _scores = new(schema, options.ScoreColumnName, "Score");
            _boxes = new(schema, options.PredictedBoundingBoxColumnName, "Predicted bounding box");
            _classCount = _classes.Names.Count;
        }

        public IEnumerable<string> Columns => new[] { _labels.Name, _scores.Name, _boxes.Name }.Distinct();

        public Func<int, RowObjects> Getter(DataViewRow row)
        {
            var (labels, scores, boxes) = (_labels.Getter(row), _scores.DoubleGetter(row), _boxes.DoubleGetter(row));
            return place =>
            {
                var found = new RowObjects(labels(), Array.ConvertAll(scores(), s => (float)s), Array.ConvertAll(boxes(), b => (float)b));
                return Fault(found) is { } fault ? throw new InvalidDataException($"{_options.Name}: row {place}: {fault}") : found;
            };
        }

        private string? Fault(RowObjects found)
        {
            var count = found.Classes.Length;
            if (found.Scores.Length != count || found.Boxes.Length != 4 * count)
                return $"there are {found.Scores.Length} scores and {found.Boxes.Length} numbers of boxes for {count} labels; one score and x0 y0 x1 y1 are needed for each.";
            if (Array.FindIndex(found.Classes, c => c < 0 || c >= _classCount) is >= 0 and var unknown)
            {
                return found.Classes[unknown] < 0
                    ? $"object {unknown} has no class."
                    : $"object {unknown} is a '{_classes.Names[found.Classes[unknown]]}', which TransformerDetectorTeacherOptions.ClassNames doesn't name.";
            }
            return found.Scores.Any(float.IsNaN) || found.Boxes.Any(b => !float.IsFinite(b)) ? "a score or a box is not a number." : null;
        }
    }
}
