using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class ConcatenatingMapper : RowMapper
{
    internal ConcatenatingMapper(string output, string[] inputs, DataViewSchema inputSchema) : base(inputSchema)
    {
        var sources = inputs.Select(name => RequireColumn(name)).ToArray();
        var item = sources[0].Type.ItemType() as PrimitiveDataViewType
            ?? throw Check.ColumnMismatch("input", sources[0].Name, "vector or scalar of a primitive type", sources[0].Type);
        foreach (var source in sources)
        {
            if (!source.Type.ItemType().Equals(item))
                throw Check.ColumnMismatch("input", source.Name, $"vector or scalar of {item}, as column '{sources[0].Name}'", source.Type);
        }

        bool isKnown = sources.All(s => s.Type is not VectorDataViewType { IsKnownSize: false });
        int size = isKnown ? sources.Sum(s => s.Type is VectorDataViewType vector ? vector.Size : 1) : 0;
        var annotations = new DataViewSchema.Annotations.Builder();
        if (isKnown && sources.Any(s => s.Type is not VectorDataViewType || s.HasSlotNames()))
            annotations.AddVector(AnnotationKinds.SlotNames, TextDataViewType.Instance,
                sources.SelectMany(s => SlotNames(s, sources.Length == 1)).ToArray());
        AddOutput(new(output, new VectorDataViewType(item, size), annotations.ToAnnotations()),
            row => Generic.Invoke<Delegate>(MakeGetter<int>, [item.RawType], row, sources), sources);
    }

    private static IEnumerable<ReadOnlyMemory<char>> SlotNames(DataViewSchema.Column source, bool alone)
    {
        if (source.Type is not VectorDataViewType vector)
            return [source.Name.AsMemory()];
        if (!source.HasSlotNames())
            return new ReadOnlyMemory<char>[vector.Size];
        VBuffer<ReadOnlyMemory<char>> names = default;
        source.GetSlotNames(ref names);
        // A name of one source is told from the same name of another by its column.
        return names.DenseValues().Select(name => alone || name.IsEmpty ? name : $"{source.Name}.{name}".AsMemory()).ToArray();
    }

    private static Delegate MakeGetter<T>(DataViewRow row, DataViewSchema.Column[] sources)
    {
        var parts = new VBuffer<T>[sources.Length];
        var fetch = sources.Select((source, i) => Fetch(row, source, parts, i)).ToArray();
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            Array.ForEach(fetch, f => f());
            var editor = VBufferEditor.Create(ref value, parts.Sum(p => p.Length));
            int at = 0;
            foreach (var part in parts)
            {
                part.CopyTo(editor.Values, at);
                at += part.Length;
            }
            value = editor.Commit();
        });
    }

    private static Action Fetch<T>(DataViewRow row, DataViewSchema.Column source, VBuffer<T>[] parts, int index)
    {
        if (source.Type is VectorDataViewType)
        {
            var getMany = row.GetGetter<VBuffer<T>>(source);
            return () => getMany(ref parts[index]);
        }
        var get = row.GetGetter<T>(source);
        var single = new T[1];
        parts[index] = new VBuffer<T>(1, single);
        return () => get(ref single[0]);
    }
}
