using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>The schema that comes out where a mapper's columns are put behind those of its input, and rows of it.</summary>
internal sealed class BoundMapper : IRowToRowMapper
{
    private readonly RowMapper _mapper;
    private readonly int _inputCount;

    internal BoundMapper(RowMapper mapper)
    {
        _mapper = mapper;
        _inputCount = mapper.InputSchema.Count;
        OutputSchema = DataViewSchema.From(mapper.InputSchema.Select(c => new DataViewSchema.DetachedColumn(c))
            .Concat(Enumerable.Range(0, mapper.OutputCount).Select(mapper.OutputColumn)));
    }

    public DataViewSchema InputSchema => _mapper.InputSchema;

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new SortedSet<int>();
        foreach (var column in dependingColumns)
        {
            if (column.Index < _inputCount)
                needed.Add(column.Index);
            else
                needed.UnionWith(_mapper.Inputs(column.Index - _inputCount).Select(c => c.Index));
        }
        return needed.Select(i => InputSchema[i]).ToArray();
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new MappedRow(Check.NotNull(input, nameof(input)), MapColumns(input, activeColumns));

    internal MappedColumns MapColumns(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = new bool[OutputSchema.Count];
        foreach (var column in activeColumns)
            active[column.Index] = true;
        var getters = _mapper.MakeGetters(input, i => active[_inputCount + i], out var dispose);
        return new(OutputSchema, active, i => i < _inputCount ? InputSchema[i] : null, i => getters[i - _inputCount], dispose);
    }
}
