using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new() where TDst : class, new()
{
    internal CustomMappingEstimator(IHostEnvironment env, Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition input,
        SchemaDefinition output)
        : base(env.Register(nameof(CustomMappingEstimator<TSrc, TDst>)), new(mapAction, contractName, input, output))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        foreach (var column in Transformer.Source.Columns)
        {
            var expected = SchemaShape.Column.Of(column.ColumnName, column.ColumnType);
            var found = inputSchema.Find(column.ColumnName);
            // By reference, as the real package does: there, too, an image column fits only into a chain of fitted transformers.
            bool fits = found.ItemType == expected.ItemType && found.IsKey == expected.IsKey
                && (found.Kind == SchemaShape.Column.VectorKind.Scalar) == (expected.Kind == SchemaShape.Column.VectorKind.Scalar);
            if (!fits)
                throw Check.ColumnMismatch("input", column.ColumnName, expected.TypeText, found.TypeText);
        }
        return inputSchema.With(SchemaShape.Create(Transformer.Target.Schema).ToArray());
    }
}

[ModelKind("CustomMapping")]
public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer where TSrc : class, new() where TDst : class, new()
{
    private readonly Action<TSrc, TDst> _map;
    private readonly string _contractName;

    internal CustomMappingTransformer(Action<TSrc, TDst> map, string contractName, SchemaDefinition input, SchemaDefinition output)
    {
        _map = Check.NotNull(map, "mapAction");
        _contractName = contractName;
        Source = new(input, SchemaDefinition.Direction.Write);
        Target = new(output, SchemaDefinition.Direction.Read);
    }

    internal ObjectSchema<TSrc> Source { get; }

    internal ObjectSchema<TDst> Target { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => new MappedDataView(Check.NotNull(input, nameof(input)), Bind(input.Schema));

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    private BoundMapper Bind(DataViewSchema inputSchema) => new(new Mapper(this, Check.NotNull(inputSchema, nameof(inputSchema))));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        if (string.IsNullOrEmpty(_contractName))
        {
            throw new InvalidOperationException("Empty contract name for a transform: the transform cannot be saved. "
                + "Give CustomMapping a contractName and a factory class with that name in its CustomMappingFactoryAttribute.");
        }
        Check.NotNull(ctx, nameof(ctx)).SetKind(GetType());
        ctx.Writer.Write(_contractName);
        ctx.Writer.Write(_map.Method.DeclaringType.Assembly.FullName);
    }

    private sealed class Mapper : RowMapper
    {
        private readonly CustomMappingTransformer<TSrc, TDst> _parent;

        internal Mapper(CustomMappingTransformer<TSrc, TDst> parent, DataViewSchema inputSchema) : base(inputSchema)
        {
            _parent = parent;
            var inputs = parent.Source.Present(inputSchema, ignoreMissingColumns: false);
            foreach (var column in parent.Target.Schema)
                AddOutput(new(column), null, inputs);
        }

        internal override Delegate[] MakeGetters(DataViewRow input, Func<int, bool> isActive, out Action dispose)
        {
            dispose = null;
            var getters = new Delegate[OutputCount];
            if (!Enumerable.Range(0, OutputCount).Any(isActive))
                return getters;

            var (source, target) = (new TSrc(), new TDst());
            var fill = _parent.Source.MakeFiller(input, ignoreMissingColumns: false);
            var refresh = Rows.OncePerRow(input, () =>
            {
                fill(source);
                _parent._map(source, target);
            });
            var current = () =>
            {
                refresh();
                return target;
            };
            for (int i = 0; i < getters.Length; i++)
                getters[i] = isActive(i) ? _parent.Target.MakeGetter(i, current) : null;
            return getters;
        }
    }
}
