using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnCopyingEstimator : TrivialEstimator<ColumnCopyingTransformer>
{
    private readonly InputOutputColumnPair _column;

    internal ColumnCopyingEstimator(IHostEnvironment env, InputOutputColumnPair column)
        : base(env.Register(nameof(ColumnCopyingEstimator)), new(env, column)) => _column = column;

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var input = Check.NotNull(inputSchema, nameof(inputSchema)).Find(_column.InputColumnName);
        return inputSchema.With(new SchemaShape.Column(_column.OutputColumnName, input.Kind, input.ItemType, input.IsKey,
            input.Annotations));
    }
}

[ModelKind("CopyColumns")]
public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    private readonly InputOutputColumnPair _column;

    internal ColumnCopyingTransformer(IHostEnvironment env, InputOutputColumnPair column) : base(env, nameof(ColumnCopyingTransformer)) =>
        _column = column;

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(_column, inputSchema);

    internal override void SaveModel(ModelSaveContext ctx) => InputOutputColumnPair.Write(ctx.Writer, [_column]);

    internal static ColumnCopyingTransformer Load(ModelLoadContext ctx) =>
        new(ctx.Environment, InputOutputColumnPair.Read(ctx.Reader).Single());

    private sealed class Mapper : RowMapper
    {
        internal Mapper(InputOutputColumnPair pair, DataViewSchema inputSchema) : base(inputSchema)
        {
            var input = RequireColumn(pair.InputColumnName);
            AddOutput(new(pair.OutputColumnName, input.Type, input.Annotations), row => Rows.GetterDelegate(row, input), input);
        }
    }
}
