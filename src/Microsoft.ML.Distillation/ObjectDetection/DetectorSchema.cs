using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The promised output schema. Shapes can't be made outside of ML.NET: those of the outputs are taken from a view that has such columns.</summary>
internal static class DetectorSchema
{
    /// <param name="input">The shape of the rows a detector is fitted on.</param>
    /// <param name="labelColumn">Null for images without labels.</param>
    /// <param name="boxColumn">Null for images without boxes.</param>
    public static SchemaShape Output(MLContext ml, SchemaShape input, string imageColumn, string? labelColumn, string? boxColumn, DetectorColumns outputs)
    {
        Require(input, imageColumn, "Image", HoldsImages, "an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed");
        if (labelColumn is not null)
            Require(input, labelColumn, "Label", c => c.IsKey && IsVector(c), $"a vector of keys is needed, one for each object: add MapValueToKey(\"{labelColumn}\") to a vector of class names");
        if (boxColumn is not null)
            Require(input, boxColumn, "Bounding box", c => c.ItemType == NumberDataViewType.Single && IsVector(c), "a vector of float (Single) is needed: x0 y0 x1 y1 of each object, in pixels of the image");
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

    private static bool HoldsImages(SchemaShape.Column column) => IsVector(column) ? column.ItemType == NumberDataViewType.Byte : column.ItemType is ImageDataViewType;

    private static bool IsVector(SchemaShape.Column column) => column.Kind != SchemaShape.Column.VectorKind.Scalar;

    private static void Require(SchemaShape input, string name, string role, Func<SchemaShape.Column, bool> fits, string remedy)
    {
        var found = input.Where(c => c.Name == name).ToList();
        if (found.Count == 0)
            throw new ArgumentException($"{role} column '{name}' is not in the data; it has {string.Join(", ", input.Select(c => $"'{c.Name}'"))}. Name the right one in the options, or add the step that makes it.", nameof(name));
        if (!fits(found[0]))
            throw new ArgumentException($"{role} column '{name}' is {found[0].Kind} of {found[0].ItemType}; {remedy}.", nameof(name));
    }

    private sealed class OutputRow
    {
        public VBuffer<uint> Labels { get; set; }

        public VBuffer<float> Scores { get; set; }

        public VBuffer<float> Boxes { get; set; }
    }
}
