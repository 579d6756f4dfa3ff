using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Row-to-row mappers one behind the other; none of them is the identity.</summary>
internal sealed class ChainMapper(DataViewSchema inputSchema, IRowToRowMapper[] mappers) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => mappers.Length == 0 ? inputSchema : mappers[^1].OutputSchema;

    internal static ChainMapper Of(IEnumerable<ITransformer> transformers, DataViewSchema inputSchema)
    {
        var mappers = new List<IRowToRowMapper>();
        var schema = inputSchema;
        foreach (var transformer in transformers)
        {
            mappers.Add(transformer.GetRowToRowMapper(schema));
            schema = mappers[^1].OutputSchema;
        }
        return new(inputSchema, mappers.ToArray());
    }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        mappers.Reverse().Aggregate(dependingColumns, (columns, mapper) => mapper.GetDependencies(columns).ToArray());

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = new Stack<DataViewSchema.Column[]>();
        var needed = activeColumns.ToArray();
        foreach (var mapper in mappers.Reverse())
        {
            active.Push(needed);
            needed = mapper.GetDependencies(needed).ToArray();
        }
        return mappers.Aggregate(input, (row, mapper) => mapper.GetRow(row, active.Pop()));
    }
}
