using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public abstract class RowToRowTransformerBase : ITransformer
{
    internal RowToRowTransformerBase(IHostEnvironment env, string name) => Host = Check.NotNull(env, nameof(env)).Register(name);

    internal IHost Host { get; }

    internal abstract RowMapper Bind(DataViewSchema inputSchema);

    internal abstract void SaveModel(ModelSaveContext ctx);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) =>
        new BoundMapper(Bind(Check.NotNull(inputSchema, nameof(inputSchema)))).OutputSchema;

    public IDataView Transform(IDataView input) =>
        new MappedDataView(Check.NotNull(input, nameof(input)), new BoundMapper(Bind(input.Schema)));

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        new BoundMapper(Bind(Check.NotNull(inputSchema, nameof(inputSchema))));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Check.NotNull(ctx, nameof(ctx)).SetKind(GetType());
        SaveModel(ctx);
    }
}

public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    internal OneToOneTransformerBase(IHostEnvironment env, string name) : base(env, name)
    {
    }
}
