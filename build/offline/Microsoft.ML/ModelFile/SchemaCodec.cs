using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Writes a schema, with its annotations. Columns and annotations of types a file cannot describe (images) are left out.</summary>
internal static class SchemaCodec
{
    internal static void Write(BinaryWriter writer, DataViewSchema schema)
    {
        var columns = schema.Where(c => !c.IsHidden && CanDescribe(c.Type)).ToArray();
        writer.Write(columns.Length);
        foreach (var column in columns)
        {
            writer.Write(column.Name);
            WriteType(writer, column.Type);
            var annotations = column.Annotations.Schema.Where(a => CanDescribe(a.Type) && ValueCodec.CanWrite(a.Type.ItemType().RawType))
                .ToArray();
            writer.Write(annotations.Length);
            foreach (var annotation in annotations)
            {
                writer.Write(annotation.Name);
                WriteType(writer, annotation.Type);
                Generic.Invoke<object>(annotation.Type is VectorDataViewType ? WriteVector<int> : WriteScalar<int>,
                    [annotation.Type.ItemType().RawType], writer, column.Annotations, annotation);
            }
        }
    }

    internal static DataViewSchema Read(BinaryReader reader)
    {
        var builder = new DataViewSchema.Builder();
        for (int columns = reader.ReadInt32(); columns > 0; columns--)
        {
            string name = reader.ReadString();
            var type = ReadType(reader);
            var annotations = new DataViewSchema.Annotations.Builder();
            for (int count = reader.ReadInt32(); count > 0; count--)
            {
                string kind = reader.ReadString();
                var annotationType = ReadType(reader);
                Generic.Invoke<object>(annotationType is VectorDataViewType ? ReadVector<int> : ReadScalar<int>,
                    [annotationType.ItemType().RawType], reader, annotations, kind, annotationType);
            }
            builder.AddColumn(name, type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }

    private static bool CanDescribe(DataViewType type) => DataViewTypes.PrimitiveOrNull(type.ItemType().RawType) != null;

    internal static void WriteType(BinaryWriter writer, DataViewType type)
    {
        var dimensions = type is VectorDataViewType vector ? vector.Dimensions.ToArray() : [];
        writer.Write(dimensions.Length);
        Array.ForEach(dimensions, writer.Write);
        writer.Write(type.ItemType().RawType == typeof(ReadOnlyMemory<char>) ? nameof(String) : type.ItemType().RawType.Name);
        writer.Write(type.ItemType() is KeyDataViewType key ? key.Count : 0UL);
    }

    internal static DataViewType ReadType(BinaryReader reader)
    {
        var dimensions = new int[reader.ReadInt32()];
        for (int i = 0; i < dimensions.Length; i++)
            dimensions[i] = reader.ReadInt32();
        var item = DataViewTypes.ByName(reader.ReadString());
        ulong count = reader.ReadUInt64();
        var type = count == 0 ? item : new KeyDataViewType(item.RawType, count);
        return dimensions.Length == 0 ? type : new VectorDataViewType(type, dimensions);
    }

    private static object WriteScalar<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        T value = default;
        annotations.GetValue(column.Name, ref value);
        ValueCodec.Write(writer, value);
        return null;
    }

    private static object WriteVector<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        annotations.GetValue(column.Name, ref values);
        ValueCodec.WriteArray(writer, values.DenseValues().ToArray());
        return null;
    }

    private static object ReadScalar<T>(BinaryReader reader, DataViewSchema.Annotations.Builder builder, string kind, DataViewType type)
    {
        var value = ValueCodec.Read<T>(reader);
        builder.Add(kind, type, (ref T target) => target = value);
        return null;
    }

    private static object ReadVector<T>(BinaryReader reader, DataViewSchema.Annotations.Builder builder, string kind, DataViewType type)
    {
        var values = ValueCodec.ReadArray<T>(reader);
        builder.Add(kind, type, (ref VBuffer<T> target) => VBuffer<T>.Copy(values, 0, ref target, values.Length));
        return null;
    }
}
