using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// The promised output schema, borrowed from the built-in estimators that the fitted chain is made of: schema shapes can't be made from outside ML.NET.
/// </summary>
internal static class ClassifierSchema
{
    public static SchemaShape Output(MLContext ml, ImageClassificationDistillationOptions options, SchemaShape input)
    {
        ShapeCheck.RequireImages(input, options.ImageColumnName);
        if (options.LabelColumnName is { } label)
            ShapeCheck.Require(input, label, "Label", c => c.IsKey && c.Kind == SchemaShape.Column.VectorKind.Scalar, $"a key is needed: add MapValueToKey(\"{label}\")");
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
}
