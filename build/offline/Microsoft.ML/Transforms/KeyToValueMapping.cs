using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    private readonly InputOutputColumnPair[] _columns;

    internal KeyToValueMappingEstimator(IHostEnvironment env, InputOutputColumnPair[] columns)
        : base(env.Register(nameof(KeyToValueMappingEstimator)), new(env, Check.NotEmpty(columns, nameof(columns)))) => _columns = columns;

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With(_columns.Select(pair =>
        {
            var input = inputSchema.Find(pair.InputColumnName);
            if (!input.IsKey)
                throw Check.ColumnMismatch("input", input.Name, "key type", input.TypeText);
            if (!input.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out var values))
                throw Check.Param(nameof(inputSchema), $"Input column '{input.Name}' doesn't contain key values metadata");
            return new SchemaShape.Column(pair.OutputColumnName, input.Kind, values.ItemType, values.IsKey,
                new(input.Annotation(AnnotationKinds.SlotNames)));
        }).ToArray());
    }
}

[ModelKind("MapKeyToValue")]
public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    private readonly InputOutputColumnPair[] _columns;

    internal KeyToValueMappingTransformer(IHostEnvironment env, InputOutputColumnPair[] columns)
        : base(env, nameof(KeyToValueMappingTransformer)) => _columns = columns;

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    internal override void SaveModel(ModelSaveContext ctx) => InputOutputColumnPair.Write(ctx.Writer, _columns);

    internal static KeyToValueMappingTransformer Load(ModelLoadContext ctx) => new(ctx.Environment, InputOutputColumnPair.Read(ctx.Reader));

    private sealed class Mapper : RowMapper
    {
        internal Mapper(KeyToValueMappingTransformer parent, DataViewSchema inputSchema) : base(inputSchema)
        {
            foreach (var pair in parent._columns)
            {
                var input = RequireColumn(pair.InputColumnName);
                if (input.Type.ItemType() is not KeyDataViewType key)
                    throw Check.ColumnMismatch("input", input.Name, "key type", input.Type);
                if (input.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type is not VectorDataViewType values)
                    throw new InvalidOperationException($"Input column '{input.Name}' has no annotation "
                        + $"'{AnnotationKinds.KeyValues}', so its keys cannot be mapped back");
                AddOutput(new(pair.OutputColumnName, input.Type.WithItemType(values.ItemType),
                    input.Annotations.Only(AnnotationKinds.SlotNames)),
                    row => Generic.Invoke<Delegate>(MakeGetter<uint, int>, [key.RawType, values.ItemType.RawType], row, input), input);
            }
        }

        private static Delegate MakeGetter<TKey, TValue>(DataViewRow row, DataViewSchema.Column input)
            where TKey : struct, IUnsignedNumber<TKey>
        {
            VBuffer<TValue> buffer = default;
            input.GetKeyValues(ref buffer);
            var values = buffer.DenseValues().ToArray();
            return Values.Map<TKey, TValue>(row, input, key =>
            {
                ulong index = ulong.CreateTruncating(key);
                return index >= 1 && index <= (ulong)values.Length ? values[index - 1] : Values.Missing<TValue>();
            });
        }
    }
}
