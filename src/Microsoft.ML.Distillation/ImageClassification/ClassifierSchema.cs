using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// The promised output schema, borrowed from the built-in estimators that the fitted chain is made of: schema shapes can't be made from outside ML.NET.
/// </summary>
internal static class ClassifierSchema
{
    public static SchemaShape Output(MLContext ml, ImageClassificationDistillationOptions options, SchemaShape input)
    {
        Require(input, options.ImageColumnName, "Image", HoldsImages, "an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed");
        if (options.LabelColumnName is { } label)
            Require(input, label, "Label", c => c.IsKey && c.Kind == SchemaShape.Column.VectorKind.Scalar, $"a key is needed: add MapValueToKey(\"{label}\")");
        var encoded = input.First(c => c.Name == options.ImageColumnName).Kind != SchemaShape.Column.VectorKind.Scalar;
        var preparation = new ImagePreparation(ml, options.ImageColumnName, options.ImageSize ?? options.Student.DefaultImageSize, options.Resizing);
        var shape = preparation.Links(encoded, asBytes: false).Aggregate(input, (before, link) => link.Shape(before));
        var between = ImagePreparation.AddedColumns.Where(Has);
        // What the graph would give has no shape before there is a graph; the layer's outputs are the same on pixels.
        var softmax = SoftmaxLayer.Estimator(ml, options.LabelColumnName ?? ClassKey.ColumnName, ImagePreparation.PixelColumn);
        // Without labels, the outputs' annotations are those of a key of the teacher's classes.
        var layer = new ChainLink(softmax.Fit, before => softmax.GetOutputSchema(options.LabelColumnName is null ? new SchemaShape(before.Concat(ClassKey.Shape(ml))) : before));
        if (options.LabelColumnName is null)
            between = between.Append(ClassKey.ColumnName);
        return OutputLinks.Make(ml, Has, layer, between, options.ScoreColumnName, options.PredictedLabelColumnName).Aggregate(shape, (before, link) => link.Shape(before));

        bool Has(string column) => shape.Any(c => c.Name == column);
    }

    private static bool HoldsImages(SchemaShape.Column column) =>
        column.Kind == SchemaShape.Column.VectorKind.Scalar ? column.ItemType is ImageDataViewType : column.ItemType == NumberDataViewType.Byte;

    private static void Require(SchemaShape input, string name, string role, Func<SchemaShape.Column, bool> fits, string remedy)
    {
        var found = input.Where(c => c.Name == name).ToList();
        if (found.Count == 0)
            throw new ArgumentException($"{role} column '{name}' is not in the data; it has {string.Join(", ", input.Select(c => $"'{c.Name}'"))}. Name the right one in the options, or add the step that makes it.", nameof(name));
        if (!fits(found[0]))
            throw new ArgumentException($"{role} column '{name}' is {found[0].Kind} of {found[0].ItemType}; {remedy}.", nameof(name));
    }
}
