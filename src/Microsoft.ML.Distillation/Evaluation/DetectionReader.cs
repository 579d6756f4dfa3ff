using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Reads what is and what was found in images from a data view.</summary>
internal sealed class DetectionReader
{
    private readonly ClassNames _classes = new();
    private readonly ClassColumn _label;
    private readonly ClassColumn _predictedLabel;
    private readonly NumberColumn _boxes;
    private readonly NumberColumn _predictedBoxes;
    private readonly NumberColumn _scores;
    private readonly NumberColumn? _areas;
    private readonly NumberColumn? _crowds;

    public DetectionReader(DataViewSchema schema, DetectionColumns columns)
    {
        _label = new(schema, columns.Label, "Label", _classes);
        _boxes = new(schema, columns.BoundingBoxes, "Bounding box");
        _predictedLabel = new(schema, columns.PredictedLabel, "Predicted label", _classes);
        _predictedBoxes = new(schema, columns.PredictedBoundingBoxes, "Predicted bounding box");
        _scores = new(schema, columns.Score, "Score");
        _areas = columns.Area is { } area ? new(schema, area, "Area") : null;
        _crowds = columns.Crowd is { } crowd ? new(schema, crowd, "Crowd", flags: true) : null;
    }

    /// <summary>The classes met so far.</summary>
    public IReadOnlyList<string> ClassNames => _classes.Names;

    public List<EvaluatedImage> Read(IDataView data)
    {
        string?[] names = [_label.Name, _boxes.Name, _predictedLabel.Name, _predictedBoxes.Name, _scores.Name, _areas?.Name, _crowds?.Name];
        using var cursor = data.GetRowCursor(names.OfType<string>().Distinct().Select(name => data.Schema[name]));
        var (objects, detections) = (ObjectGetter(cursor), DetectionGetter(cursor));
        var images = new List<EvaluatedImage>();
        while (cursor.MoveNext())
        {
            try
            {
                images.Add(new(objects(), detections()));
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"Row {images.Count}: {error.Message}", error);
            }
        }
        return images.Count > 0 ? images : throw new InvalidDataException("The data has no rows: there is nothing to evaluate.");
    }

    private Func<TrueObject[]> ObjectGetter(DataViewRow row)
    {
        var (labels, boxes) = (_label.Getter(row), _boxes.DecimalGetter(row));
        var (areas, crowds) = (_areas?.DoubleGetter(row), _crowds?.DoubleGetter(row));
        return () =>
        {
            var classes = Classes(_label.Name, labels);
            var corners = Numbers(_boxes.Name, boxes, _label.Name, classes.Length, 4);
            var outlines = areas is null ? null : Numbers(_areas!.Name, areas, _label.Name, classes.Length, 1);
            var crowded = crowds is null ? null : Numbers(_crowds!.Name, crowds, _label.Name, classes.Length, 1);
            var objects = new TrueObject[classes.Length];
            for (var i = 0; i < objects.Length; i++)
            {
                var (x, y, width, height) = Box(corners, i);
                if (width < 0 || height < 0)
                    throw new InvalidDataException(FormattableString.Invariant($"box {i} of column '{_boxes.Name}' is {width}×{height} pixels; the order is x0 y0 x1 y1, left and upper edge first."));
                if (outlines is not null && !(outlines[i] >= 0))
                    throw new InvalidDataException(FormattableString.Invariant($"area {i} of column '{_areas!.Name}' is {outlines[i]}; 0 or more is needed."));
                objects[i] = new(classes[i], x, y, width, height, outlines?[i] ?? width * height, crowded?[i] == 1);
            }
            return objects;
        };
    }

    private Func<DetectedObject[]> DetectionGetter(DataViewRow row)
    {
        var (labels, boxes, scores) = (_predictedLabel.Getter(row), _predictedBoxes.DecimalGetter(row), _scores.DoubleGetter(row));
        return () =>
        {
            var classes = Classes(_predictedLabel.Name, labels);
            var corners = Numbers(_predictedBoxes.Name, boxes, _predictedLabel.Name, classes.Length, 4);
            var certainty = Numbers(_scores.Name, scores, _predictedLabel.Name, classes.Length, 1);
            var detections = new DetectedObject[classes.Length];
            for (var i = 0; i < detections.Length; i++)
            {
                if (double.IsNaN(certainty[i]))
                    throw new InvalidDataException($"score {i} of column '{_scores.Name}' is not a number.");
                var (x, y, width, height) = Box(corners, i);
                detections[i] = new(classes[i], x, y, width, height, certainty[i]);
            }
            return detections;
        };
    }

    private static int[] Classes(string column, Func<int[]> read)
    {
        var classes = read();
        return Array.IndexOf(classes, -1) is >= 0 and var missing
            ? throw new InvalidDataException($"object {missing} of column '{column}' has no class (a missing value).")
            : classes;
    }

    private static T[] Numbers<T>(string column, Func<T[]> read, string labels, int objects, int each)
    {
        T[] values;
        try
        {
            values = read();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"column '{column}': {error.Message}.", error);
        }
        return values.Length == each * objects
            ? values
            : throw new InvalidDataException($"column '{column}' has {values.Length} values for {objects} objects of column '{labels}'; {(each == 4 ? "x0 y0 x1 y1 of each are" : "one of each is")} needed.");
    }

    private static (double X, double Y, double Width, double Height) Box(decimal[] corners, int i)
    {
        var (x0, y0, x1, y1) = (corners[4 * i], corners[4 * i + 1], corners[4 * i + 2], corners[4 * i + 3]);
        return ((double)x0, (double)y0, (double)(x1 - x0), (double)(y1 - y0));
    }
}
