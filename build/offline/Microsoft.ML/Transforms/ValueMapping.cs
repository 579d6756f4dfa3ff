using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public class ValueMappingEstimator : TrivialEstimator<ValueMappingTransformer>
{
    private readonly ValueMap _map;
    private readonly InputOutputColumnPair _column;

    internal ValueMappingEstimator(IHostEnvironment env, ValueMap map, InputOutputColumnPair column)
        : base(env.Register(nameof(ValueMappingEstimator)), new(env, map, column)) => (_map, _column) = (map, column);

    public sealed override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var input = Check.NotNull(inputSchema, nameof(inputSchema)).Find(_column.InputColumnName);
        if (!input.ItemType.Equals(_map.InputType))
            throw Check.ColumnMismatch("input", input.Name, $"vector or scalar of {_map.InputType}", input.TypeText);
        bool isScalar = input.Kind == SchemaShape.Column.VectorKind.Scalar;
        var kind = _map.OutputType is VectorDataViewType ? SchemaShape.Column.VectorKind.VariableVector : input.Kind;
        bool isKey = isScalar && _map.OutputType is KeyDataViewType;
        var annotations = isKey && _map.KeyValues != null
            ? [SchemaShapes.VectorAnnotation(AnnotationKinds.KeyValues, _map.KeyValues.ItemType)] : Array.Empty<SchemaShape.Column>();
        return inputSchema.With(new SchemaShape.Column(_column.OutputColumnName, kind,
            _map.OutputType.ItemType().WithoutKey(), isKey, new(annotations)));
    }
}

public sealed class ValueMappingEstimator<TKey, TValue> : ValueMappingEstimator
{
    internal ValueMappingEstimator(IHostEnvironment env, ValueMap map, InputOutputColumnPair column) : base(env, map, column)
    {
    }
}

[ModelKind("MapValue")]
public class ValueMappingTransformer : OneToOneTransformerBase
{
    private readonly ValueMap _map;
    private readonly InputOutputColumnPair _column;

    internal ValueMappingTransformer(IHostEnvironment env, ValueMap map, InputOutputColumnPair column)
        : base(env, nameof(ValueMappingTransformer)) => (_map, _column) = (map, column);

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(_map, _column, inputSchema);

    internal override void SaveModel(ModelSaveContext ctx)
    {
        InputOutputColumnPair.Write(ctx.Writer, [_column]);
        _map.Write(ctx.Writer);
    }

    internal static ValueMappingTransformer Load(ModelLoadContext ctx)
    {
        var column = InputOutputColumnPair.Read(ctx.Reader).Single();
        return new(ctx.Environment, ValueMap.Read(ctx.Reader), column);
    }

    private sealed class Mapper : RowMapper
    {
        internal Mapper(ValueMap map, InputOutputColumnPair pair, DataViewSchema inputSchema) : base(inputSchema)
        {
            var input = RequireColumn(pair.InputColumnName);
            if (input.Type.ItemType().RawType != map.InputType.RawType)
                throw Check.ColumnMismatch("input", input.Name, $"vector or scalar of {map.InputType}", input.Type);
            if (input.Type is VectorDataViewType && map.OutputType is VectorDataViewType)
                throw Check.ColumnMismatch("input", input.Name, $"scalar of {map.InputType}, since each value maps to a vector",
                    input.Type);

            var annotations = new DataViewSchema.Annotations.Builder();
            // As the real one does: on a vector the keys come out as the numbers they are.
            var type = input.Type is VectorDataViewType ? input.Type.WithItemType((PrimitiveDataViewType)map.OutputType.WithoutKey())
                : map.OutputType;
            if (type is KeyDataViewType)
                map.KeyValues?.AddKeyValues(annotations, asText: false);
            AddOutput(new(pair.OutputColumnName, type, annotations.ToAnnotations()), row => map.MakeGetter(row, input), input);
        }
    }
}
