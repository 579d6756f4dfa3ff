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
        var layer = new ChainLink(softmax.Fit, before => WithOutputs(softmax, before, LayerLabel(ml, options.LabelColumnName, before)));
        if (options.LabelColumnName is null)
            between = between.Append(ClassKey.ColumnName);
        return OutputLinks.Make(ml, Has, layer, between, options.ScoreColumnName, options.PredictedLabelColumnName).Aggregate(shape, (before, link) => link.Shape(before));

        bool Has(string column) => shape.Any(c => c.Name == column);
    }

    /// <summary>The label that the layer is fitted with: rows of our own, whose key is UInt32, the one kind that ML.NET's trainers take, whatever the data's key is.</summary>
    private static IEnumerable<SchemaShape.Column> LayerLabel(MLContext ml, string? name, SchemaShape shape)
    {
        // Without labels, the outputs' annotations are those of a key of the teacher's classes.
        if (name is null)
            return ClassKey.Shape(ml);
        var label = shape.First(c => c.Name == name);
        return label.ItemType == NumberDataViewType.UInt32 ? [label] : ClassKey.Shape(ml, name, label.Annotations.Any(a => a.Name == KeyValues.Kind));
    }

    private static SchemaShape WithOutputs(IEstimator<ITransformer> softmax, SchemaShape before, IEnumerable<SchemaShape.Column> label)
    {
        var names = label.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var after = softmax.GetOutputSchema(new SchemaShape([.. before.Where(c => !names.Contains(c.Name)), .. label]));
        // The data's own label stays what it is; a key of classes was there for the layer alone, and is dropped with what else is in between.
        return new SchemaShape(after.Select(c => names.Contains(c.Name) && before.Where(b => b.Name == c.Name).ToList() is [var own] ? own : c));
    }
}
