using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Names of the annotations the package itself writes, and how to add them.</summary>
internal static class AnnotationKinds
{
    internal const string KeyValues = "KeyValues";
    internal const string SlotNames = "SlotNames";
    internal const string TrainingLabelValues = "TrainingLabelValues";
    internal const string ScoreColumnSetId = "ScoreColumnSetId";
    internal const string ScoreColumnKind = "ScoreColumnKind";
    internal const string ScoreValueKind = "ScoreValueKind";
    internal const string IsNormalized = "IsNormalized";

    internal static void AddVector<T>(this DataViewSchema.Annotations.Builder builder, string kind, PrimitiveDataViewType itemType,
        T[] values) =>
        builder.Add(kind, new VectorDataViewType(itemType, values.Length), (ref VBuffer<T> target) =>
            VBuffer<T>.Copy(values, 0, ref target, values.Length));

    internal static void AddText(this DataViewSchema.Annotations.Builder builder, string kind, string value) =>
        builder.AddPrimitiveValue(kind, TextDataViewType.Instance, value.AsMemory());

    /// <summary>The annotations of these kinds, of those that are there.</summary>
    internal static DataViewSchema.Annotations Only(this DataViewSchema.Annotations annotations, params string[] kinds)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(annotations, kinds.Contains);
        return builder.ToAnnotations();
    }
}
