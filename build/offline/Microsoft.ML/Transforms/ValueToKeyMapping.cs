using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IHostEnvironment _env;
    private readonly InputOutputColumnPair[] _columns;
    private readonly int _maximumNumberOfKeys;
    private readonly KeyOrdinality _keyOrdinality;
    private readonly bool _keyValuesAsText;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(IHostEnvironment env, InputOutputColumnPair[] columns, int maximumNumberOfKeys,
        KeyOrdinality keyOrdinality, bool addKeyValueAnnotationsAsText, IDataView keyData)
    {
        _env = env;
        _columns = Check.NotEmpty(columns, nameof(columns));
        _maximumNumberOfKeys = Check.AtLeast(maximumNumberOfKeys, 1, nameof(maximumNumberOfKeys));
        (_keyOrdinality, _keyValuesAsText, _keyData) = (keyOrdinality, addKeyValueAnnotationsAsText, keyData);
        int visible = keyData?.Schema.Count(c => !c.IsHidden) ?? 1;
        Check.That(visible == 1, nameof(keyData), $"keyData must have exactly one column; got {visible}");
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        var sources = _columns.Select(c => Source(Check.NotNull(input, nameof(input)).Schema, c)).ToArray();
        if (_keyData != null)
        {
            var map = KeyMapBuilder.FromData(_keyData, _keyOrdinality);
            return new(_env, _columns.Select(c => (c, map)), _keyValuesAsText);
        }

        var builders = sources.Select(s => KeyMapBuilder.Of(s, _maximumNumberOfKeys, _keyOrdinality)).ToArray();
        using var cursor = input.GetRowCursor(sources);
        var fill = builders.Select((b, i) => b.Fill(cursor, sources[i])).ToArray();
        while (cursor.MoveNext())
            Array.ForEach(fill, f => f());
        return new(_env, _columns.Select((c, i) => (c, builders[i].Build())), _keyValuesAsText);
    }

    private DataViewSchema.Column Source(DataViewSchema schema, InputOutputColumnPair pair)
    {
        var column = schema.GetColumnOrNull(pair.InputColumnName) ?? throw Check.ColumnNotFound("input", pair.InputColumnName);
        CheckItemType(column.Name, column.Type.ItemType().WithoutKey(), column.Type);
        if (column.Type.ItemType() is KeyDataViewType)
            throw Check.NotOffered($"MapValueToKey on column '{column.Name}', which is a key already,");
        return column;
    }

    private void CheckItemType(string name, DataViewType itemType, object got)
    {
        if (itemType is not PrimitiveDataViewType)
            throw Check.ColumnMismatch("input", name, "vector or scalar of a primitive type", got);
        if (_keyData != null && !_keyData.Schema.Single(c => !c.IsHidden).Type.Equals(itemType))
            throw Check.ColumnMismatch("input", name, $"{_keyData.Schema.Single(c => !c.IsHidden).Type}, the type keyData has", got);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With(_columns.Select(pair =>
        {
            var input = inputSchema.Find(pair.InputColumnName);
            CheckItemType(input.Name, input.ItemType, input.TypeText);
            var valueType = _keyValuesAsText ? TextDataViewType.Instance : input.ItemType;
            return new SchemaShape.Column(pair.OutputColumnName, input.Kind, NumberDataViewType.UInt32, true,
                new([.. input.Annotation(AnnotationKinds.SlotNames), SchemaShapes.VectorAnnotation(AnnotationKinds.KeyValues, valueType)]));
        }).ToArray());
    }

    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }
}

[ModelKind("MapValueToKey")]
public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    private readonly (InputOutputColumnPair Pair, KeyMap Map)[] _columns;
    private readonly bool _keyValuesAsText;

    internal ValueToKeyMappingTransformer(IHostEnvironment env, IEnumerable<(InputOutputColumnPair, KeyMap)> columns, bool keyValuesAsText)
        : base(env, nameof(ValueToKeyMappingTransformer)) => (_columns, _keyValuesAsText) = (columns.ToArray(), keyValuesAsText);

    internal override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    internal override void SaveModel(ModelSaveContext ctx)
    {
        InputOutputColumnPair.Write(ctx.Writer, _columns.Select(c => c.Pair).ToArray());
        foreach (var (_, map) in _columns)
            map.Write(ctx.Writer);
        ctx.Writer.Write(_keyValuesAsText);
    }

    internal static ValueToKeyMappingTransformer Load(ModelLoadContext ctx)
    {
        var pairs = InputOutputColumnPair.Read(ctx.Reader);
        var columns = pairs.Select(p => (p, KeyMap.Read(ctx.Reader))).ToArray();
        return new(ctx.Environment, columns, ctx.Reader.ReadBoolean());
    }

    private sealed class Mapper : RowMapper
    {
        internal Mapper(ValueToKeyMappingTransformer parent, DataViewSchema inputSchema) : base(inputSchema)
        {
            foreach (var (pair, map) in parent._columns)
            {
                var input = RequireColumn(pair.InputColumnName);
                if (!input.Type.ItemType().Equals(map.ItemType))
                    throw Check.ColumnMismatch("input", input.Name, $"vector or scalar of {map.ItemType}", input.Type);
                var annotations = new DataViewSchema.Annotations.Builder();
                annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
                map.AddKeyValues(annotations, parent._keyValuesAsText);
                AddOutput(new(pair.OutputColumnName, input.Type.WithItemType(map.KeyType), annotations.ToAnnotations()),
                    row => map.MakeGetter(row, input), input);
            }
        }
    }
}
