using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>Hands a key's values on to a column of our own, whatever their type.</summary>
internal static class KeyValueAnnotation
{
    private const string KeyValues = "KeyValues";

    public static void Copy(DataViewSchema.Column from, SchemaDefinition.Column to)
    {
        if (from.Annotations.Schema.GetColumnOrNull(KeyValues) is not { } annotation)
            return;
        var item = ((VectorDataViewType)annotation.Type).ItemType.RawType;
        typeof(KeyValueAnnotation).GetMethod(nameof(CopyAs), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(item).Invoke(null, [from, to, annotation.Type]);
    }

    private static void CopyAs<T>(DataViewSchema.Column from, SchemaDefinition.Column to, DataViewType type)
    {
        VBuffer<T> values = default;
        from.Annotations.GetValue(KeyValues, ref values);
        to.AddAnnotation(KeyValues, values, type);
    }
}
