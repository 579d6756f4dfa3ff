using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>Which classes a run is about, and where its rows name them.</summary>
internal static class RunLabels
{
    /// <summary>The training data's label, or what stands for it where there is none: a key of the teacher's classes.</summary>
    public static LabelColumn OfTraining(MLContext ml, ImageClassificationDistillationOptions options, IDataView train)
    {
        if (options.LabelColumnName is { } column)
            return LabelColumn.Find(train.Schema, column);
        var teacher = options.Teacher!;
        var classes = teacher.FindClassNames(train) ?? throw new InvalidDataException(
            $"{teacher.Name} does not say what its classes are called, and without labels (LabelColumnName is null) nothing else does: give it its class names.");
        if (classes.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidDataException($"{teacher.Name} has {twice.Count()} classes named '{twice.Key}'; class names must differ.");
        return classes.Count >= 2
            ? ClassKey.Label(ml, classes)
            : throw new InvalidDataException($"{teacher.Name} knows {classes.Count} class ({string.Join(", ", classes)}); a classifier needs at least 2.");
    }

    /// <param name="schema">The validation data's.</param>
    public static LabelColumn OfValidation(ImageClassificationDistillationOptions options, DataViewSchema schema, LabelColumn training)
    {
        var name = options.ValidationLabelColumnName ?? options.LabelColumnName
            ?? throw new ArgumentException(ImageClassificationDistillationOptions.WithoutValidationLabel, nameof(schema));
        var label = LabelColumn.Find(schema, name);
        if (options.LabelColumnName is null)
            return label.InOrderOf(training.ClassNames);
        return label.ClassNames.SequenceEqual(training.ClassNames)
            ? label
            : throw new ArgumentException($"The validation data's label '{label.Column.Name}' has the classes {string.Join(", ", label.ClassNames)}; the training data has {string.Join(", ", training.ClassNames)}. "
                + "Map both with the same fitted MapValueToKey.", nameof(schema));
    }
}
