using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IHostEnvironment env, string[] columns, bool drop, bool keepHidden)
        : base(env.Register(nameof(ColumnSelectingEstimator)), new(columns, drop, keepHidden))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        var names = Transformer.Columns;
        var found = names.Select(name => inputSchema.Find(name)).ToArray();
        return new(Transformer.Drop ? inputSchema.Where(c => !names.Contains(c.Name)) : found);
    }
}

[ModelKind("SelectColumns")]
public sealed class ColumnSelectingTransformer : ITransformer
{
    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(string[] columns, bool drop, bool keepHidden)
    {
        Columns = Check.NotEmpty(columns, nameof(columns));
        (Drop, _keepHidden) = (drop, keepHidden);
    }

    internal string[] Columns { get; }

    internal bool Drop { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => new SelectedDataView(Check.NotNull(input, nameof(input)), Bind(input.Schema));

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    private ColumnSelection Bind(DataViewSchema schema)
    {
        var named = Columns.Select(name =>
            Check.NotNull(schema, nameof(schema)).GetColumnOrNull(name) ?? throw Check.ColumnNotFound("input", name)).ToArray();
        if (Drop)
            return new(schema, schema.Where(c => (_keepHidden || !c.IsHidden) && !Columns.Contains(c.Name)));
        return new(schema, named.SelectMany(c => _keepHidden ? schema.Where(other => other.Name == c.Name) : [c]));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Check.NotNull(ctx, nameof(ctx)).SetKind(GetType());
        ctx.Writer.Write(Columns.Length);
        Array.ForEach(Columns, ctx.Writer.Write);
        ctx.Writer.Write(Drop);
        ctx.Writer.Write(_keepHidden);
    }

    internal static ColumnSelectingTransformer Load(ModelLoadContext ctx)
    {
        var columns = new string[ctx.Reader.ReadInt32()];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = ctx.Reader.ReadString();
        return new(columns, ctx.Reader.ReadBoolean(), ctx.Reader.ReadBoolean());
    }
}
