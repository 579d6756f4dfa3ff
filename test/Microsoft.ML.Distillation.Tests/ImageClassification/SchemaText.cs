using System.Collections;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A schema as lines of text: every column with its type and all its annotations' values, so that two schemas are equal if their lines are.</summary>
internal static class SchemaText
{
    public static string[] Of(DataViewSchema schema, bool hidden = false) =>
        [.. schema.Where(c => hidden || !c.IsHidden).Select(c => $"{c.Name}: {c.Type}{Annotations(c.Annotations)}")];

    public static string Annotation(DataViewSchema.Annotations annotations, string kind)
    {
        var read = typeof(SchemaText).GetMethod(nameof(Read), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (string)read.MakeGenericMethod(annotations.Schema[kind].Type.RawType).Invoke(null, [annotations, kind])!;
    }

    private static string Annotations(DataViewSchema.Annotations annotations) =>
        string.Concat(annotations.Schema.Select(a => a.Name).Order(StringComparer.Ordinal).Select(kind => $" | {kind} = {Annotation(annotations, kind)}"));

    private static string Read<T>(DataViewSchema.Annotations annotations, string kind)
    {
        T value = default!;
        annotations.GetValue(kind, ref value);
        var dense = value!.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? (IEnumerable)type.GetMethod(nameof(VBuffer<>.DenseValues))!.Invoke(value, null)!
            : new[] { (object)value };
        return string.Join(", ", dense.Cast<object>());
    }
}
