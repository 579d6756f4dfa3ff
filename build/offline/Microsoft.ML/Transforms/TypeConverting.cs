using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;
    private readonly DataKind _outputKind;

    internal TypeConvertingEstimator(IHostEnvironment env, InputOutputColumnPair[] columns, DataKind outputKind)
        : base(env.Register(nameof(TypeConvertingEstimator)), new(env, Check.NotEmpty(columns, nameof(columns)), outputKind)) =>
        (_columns, _outputKind) = (columns, outputKind);

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        var type = DataViewTypes.FromKind(_outputKind);
        return inputSchema.With(_columns.Select(pair =>
        {
            var input = inputSchema.Find(pair.InputColumnName);
            var from = input.IsKey ? new KeyDataViewType(input.ItemType.RawType, 1) : input.ItemType;
            if (TypeConversions.Find(from, type) == null)
                throw Check.Param(nameof(inputSchema),
                    $"Source column '{input.Name}' with type {input.TypeText} cannot be converted to {type}");
            return new SchemaShape.Column(pair.OutputColumnName, input.Kind, type, false,
                new(input.Annotation(AnnotationKinds.SlotNames, AnnotationKinds.IsNormalized)));
        }).ToArray());
    }
}

[ModelKind("ConvertType")]
public sealed class TypeConvertingTransformer : OneToOneTransformerBase
{
    private readonly InputOutputColumnPair[] _columns;
    private readonly DataKind _outputKind;

    internal TypeConvertingTransformer(IHostEnvironment env, InputOutputColumnPair[] columns, DataKind outputKind)
        : base(env, nameof(TypeConvertingTransformer)) => (_columns, _outputKind) = (columns, outputKind);

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    internal override void SaveModel(ModelSaveContext ctx)
    {
        InputOutputColumnPair.Write(ctx.Writer, _columns);
        ctx.Writer.Write((byte)_outputKind);
    }

    internal static TypeConvertingTransformer Load(ModelLoadContext ctx) =>
        new(ctx.Environment, InputOutputColumnPair.Read(ctx.Reader), (DataKind)ctx.Reader.ReadByte());

    private sealed class Mapper : RowMapper
    {
        internal Mapper(TypeConvertingTransformer parent, DataViewSchema inputSchema) : base(inputSchema)
        {
            var type = DataViewTypes.FromKind(parent._outputKind);
            foreach (var pair in parent._columns)
            {
                var input = RequireColumn(pair.InputColumnName);
                var convert = TypeConversions.Find(input.Type.ItemType(), type)
                    ?? throw Check.Param(nameof(inputSchema),
                        $"Source column '{input.Name}' with type {input.Type} cannot be converted to {type}");
                AddOutput(new(pair.OutputColumnName, input.Type.WithItemType(type),
                    input.Annotations.Only(AnnotationKinds.SlotNames, AnnotationKinds.IsNormalized)),
                    row => Generic.Invoke<Delegate>(Values.Map<int, int>, [input.Type.ItemType().RawType, type.RawType],
                        row, input, convert), input);
            }
        }
    }
}
