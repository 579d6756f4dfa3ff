namespace Microsoft.ML.Distillation.Data;

/// <summary>Finds columns, or says what there is instead.</summary>
internal static class Columns
{
    private const int NamesShown = 12;

    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name)
        ?? throw new ArgumentException($"{role} column '{name}' is not in the data; it has {Names(schema)}. Name the right one in the options, or add the step that makes it.", nameof(name));

    private static string Names(DataViewSchema schema)
    {
        var visible = schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'").ToList();
        return visible.Count == 0 ? "no columns" : string.Join(", ", visible.Take(NamesShown)) + (visible.Count > NamesShown ? ", …" : "");
    }
}
