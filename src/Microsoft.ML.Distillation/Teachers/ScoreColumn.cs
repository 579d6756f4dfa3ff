using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A model's output with a score for each class.</summary>
internal sealed record ScoreColumn(int ClassCount, IReadOnlyList<string>? SlotNames)
{
    private const string SlotNamesKind = "SlotNames";

    /// <exception cref="InvalidDataException">The model can't score such rows, or has no such scores.</exception>
    public static ScoreColumn Find(ITransformer transformer, TransformerTeacherOptions options, DataViewSchema input)
    {
        var name = options.ScoreColumnName;
        var column = Output(transformer, options.Name, input).GetColumnOrNull(name)
            ?? throw new InvalidDataException($"{options.Name} gives no column '{name}'; name the one with its scores in TransformerTeacherOptions.ScoreColumnName.");
        if (column.Type is not VectorDataViewType { IsKnownSize: true } type || type.ItemType != NumberDataViewType.Single)
            throw new InvalidDataException($"{options.Name}: its column '{name}' is {column.Type}; a vector of float of known length, a score for each class, is needed.");
        return new ScoreColumn(type.Size, Slots(column));
    }

    private static DataViewSchema Output(ITransformer transformer, string teacher, DataViewSchema input)
    {
        try
        {
            return transformer.GetOutputSchema(input);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{teacher} can't score the rows: {error.Message} They need the columns it was fitted on; keep them in the pipeline up to the distillation.", error);
        }
    }

    private static List<string>? Slots(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(SlotNamesKind) is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(SlotNamesKind, ref names);
        var slots = names.DenseValues().Select(n => n.ToString()).ToList();
        // Empty names are how a vector says that it has none.
        return slots.Any(s => s.Length == 0) ? null : slots;
    }
}
