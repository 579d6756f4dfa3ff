using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The promised output schema. Shapes can't be made outside of ML.NET: those of the outputs are taken from a view that has such columns.</summary>
internal static class DetectorSchema
{
    /// <param name="input">The shape of the rows a detector is fitted on.</param>
    /// <param name="labelColumn">Null for images without labels.</param>
    /// <param name="boxColumn">Null for images without boxes.</param>
    public static SchemaShape Output(MLContext ml, SchemaShape input, string imageColumn, string? labelColumn, string? boxColumn, DetectorColumns outputs)
    {
        ShapeCheck.RequireImages(input, imageColumn);
        if (labelColumn is not null)
            ShapeCheck.Require(input, labelColumn, "Label", c => c.IsKey && IsVector(c), $"a vector of keys is needed, one for each object: add MapValueToKey(\"{labelColumn}\") to a vector of class names");
        if (boxColumn is not null)
            ShapeCheck.Require(input, boxColumn, "Bounding box", c => c.ItemType == NumberDataViewType.Single && IsVector(c), "a vector of float (Single) is needed: x0 y0 x1 y1 of each object, in pixels of the image");
        var added = DataShape.Of(Outputs(ml, outputs)).ToList();
        return new SchemaShape([.. input.Where(c => added.All(a => a.Name != c.Name)), .. added]);
    }

    private static IDataView Outputs(MLContext ml, DetectorColumns outputs)
    {
        var schema = SchemaDefinition.Create(typeof(OutputRow));
        // A definition finds its columns by the names they have by then: all are taken before any is renamed.
        var (labels, scores, boxes) = (schema[nameof(OutputRow.Labels)], schema[nameof(OutputRow.Scores)], schema[nameof(OutputRow.Boxes)]);
        labels.ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(uint), 1));
        KeyValues.Add(["a"], labels);
        (labels.ColumnName, scores.ColumnName, boxes.ColumnName) = (outputs.Labels, outputs.Scores, outputs.Boxes);
        return ml.Data.LoadFromEnumerable(Array.Empty<OutputRow>(), schema);
    }

    private static bool IsVector(SchemaShape.Column column) => column.Kind != SchemaShape.Column.VectorKind.Scalar;

    private sealed class OutputRow
    {
        public VBuffer<uint> Labels { get; set; }

        public VBuffer<float> Scores { get; set; }

        public VBuffer<float> Boxes { get; set; }
    }
}
