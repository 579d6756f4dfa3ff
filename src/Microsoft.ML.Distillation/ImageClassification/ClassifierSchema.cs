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
        var shape = input;
        var image = input.First(c => c.Name == options.ImageColumnName);
        var source = options.ImageColumnName;
        if (image.Kind != SchemaShape.Column.VectorKind.Scalar)
        {
            shape = ml.Transforms.CopyColumns(ImagePreparation.EncodedColumn, source).GetOutputSchema(shape);
            shape = ImageDecoding.Create(ml).GetOutputSchema(shape);
            source = ImagePreparation.ImageColumn;
        }
        var size = options.ImageSize ?? options.Student.DefaultImageSize;
        shape = ml.Transforms.ResizeImages(ImagePreparation.ImageColumn, size.Width, size.Height, source).GetOutputSchema(shape);
        shape = ml.Transforms.ExtractPixels(ImagePreparation.PixelColumn, ImagePreparation.ImageColumn).GetOutputSchema(shape);
        return WithOutputs(ml, options, shape);
    }

    private static bool HoldsImages(SchemaShape.Column column) =>
        column.Kind == SchemaShape.Column.VectorKind.Scalar ? column.ItemType is ImageDataViewType : column.ItemType == NumberDataViewType.Byte;

    private static SchemaShape WithOutputs(MLContext ml, ImageClassificationDistillationOptions options, SchemaShape shape)
    {
        var renamed = RenamedOutput.Find(options.ScoreColumnName, options.PredictedLabelColumnName);
        var aside = renamed.Where(output => shape.Any(c => c.Name == output.Made)).ToHashSet();
        foreach (var output in aside)
            shape = Copy(output.Aside, output.Made);
        // Without labels, the outputs' annotations are those of a key of the teacher's classes.
        if (options.LabelColumnName is null)
            shape = new SchemaShape(shape.Concat(ClassKey.Shape(ml)));
        shape = SoftmaxLayer.Estimator(ml, options.LabelColumnName ?? ClassKey.ColumnName, ImagePreparation.PixelColumn).GetOutputSchema(shape);
        var dropped = shape.Select(c => c.Name)
            .Where(n => n is ImagePreparation.ImageColumn or ImagePreparation.PixelColumn or ImagePreparation.EncodedColumn or ClassKey.ColumnName).ToList();
        foreach (var output in renamed)
        {
            shape = Copy(output.Wanted, output.Made);
            if (aside.Contains(output))
                shape = Copy(output.Made, output.Aside);
            dropped.Add(aside.Contains(output) ? output.Aside : output.Made);
        }
        return ml.Transforms.DropColumns([.. dropped]).GetOutputSchema(shape);

        SchemaShape Copy(string to, string from) => ml.Transforms.CopyColumns(to, from).GetOutputSchema(shape);
    }

    private static void Require(SchemaShape input, string name, string role, Func<SchemaShape.Column, bool> fits, string remedy)
    {
        var found = input.Where(c => c.Name == name).ToList();
        if (found.Count == 0)
            throw new ArgumentException($"{role} column '{name}' is not in the data; it has {string.Join(", ", input.Select(c => $"'{c.Name}'"))}. Name the right one in the options, or add the step that makes it.", nameof(name));
        if (!fits(found[0]))
            throw new ArgumentException($"{role} column '{name}' is {found[0].Kind} of {found[0].ItemType}; {remedy}.", nameof(name));
    }
}
