using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>A field or property of a row class, as a column.</summary>
internal static class ColumnMember
{
    internal static IEnumerable<MemberInfo> Of(Type rowType, SchemaDefinition.Direction direction)
    {
        var fields = rowType.GetFields(BindingFlags.Public | BindingFlags.Instance).Where(f => !f.IsLiteral).Cast<MemberInfo>();
        var properties = rowType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => IsUsable(p, direction));
        return fields.Concat(properties).Where(m => m.GetCustomAttribute<NoColumnAttribute>() == null);
    }

    private static bool IsUsable(PropertyInfo property, SchemaDefinition.Direction direction) =>
        property.GetIndexParameters().Length == 0
        && ((direction.HasFlag(SchemaDefinition.Direction.Read) && property.GetGetMethod() != null)
            || (direction.HasFlag(SchemaDefinition.Direction.Write) && property.GetSetMethod() != null));

    internal static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    /// <summary>What the values of a member are: the type of one item, as a data view holds it, and whether there are many.</summary>
    internal static (Type Item, bool IsVector) Shape(Type memberType)
    {
        bool isVector = memberType.IsArray || (memberType.IsGenericType && memberType.GetGenericTypeDefinition() == typeof(VBuffer<>));
        var item = memberType.IsArray ? memberType.GetElementType() : isVector ? memberType.GetGenericArguments()[0] : memberType;
        return (item == typeof(string) ? typeof(ReadOnlyMemory<char>) : item, isVector);
    }

    internal static DataViewType ColumnType(MemberInfo member)
    {
        var attributes = member.GetCustomAttributes().ToArray();
        var (item, isVector) = Shape(TypeOf(member));
        var itemType = DataViewTypes.PrimitiveOrNull(item) ?? DataViewTypeManager.TypeOrNull(item, attributes)
            ?? throw Check.Param(nameof(member),
                $"Could not determine an IDataView type for member {member.Name} of {member.DeclaringType}, a {TypeOf(member)}: "
                + "use a primitive type, text, or arrays of those, a registered type with its attribute, or [NoColumn]");

        if (attributes.OfType<KeyTypeAttribute>().FirstOrDefault() is { } key)
        {
            Check.That(KeyDataViewType.IsValidDataType(item), nameof(member),
                $"Member {member.Name} marked with KeyType must be byte, ushort, uint or ulong; got {item}");
            itemType = new KeyDataViewType(item, key.Count ?? KeyDataViewType.MaxCount(item));
        }

        var vector = attributes.OfType<VectorTypeAttribute>().FirstOrDefault();
        Check.That(vector == null || isVector, nameof(member),
            $"Member {member.Name} marked with VectorType must be an array or a VBuffer; got {TypeOf(member)}");
        if (!isVector)
            return itemType;
        var primitive = itemType as PrimitiveDataViewType
            ?? throw Check.Param(nameof(member),
                $"Member {member.Name} holds many values of {itemType}; only primitive types can be vectors");
        return vector?.Dimensions == null ? new VectorDataViewType(primitive) : new VectorDataViewType(primitive, vector.Dimensions);
    }

    /// <summary>May values of a column of this type be stored in the member?</summary>
    internal static bool Takes(Type memberType, DataViewType columnType)
    {
        var (item, isVector) = Shape(memberType);
        return isVector == columnType is VectorDataViewType && item == columnType.ItemType().RawType;
    }

    internal static MemberInfo Find(Type rowType, string memberName) =>
        (MemberInfo)rowType.GetField(memberName) ?? rowType.GetProperty(memberName)
            ?? throw new InvalidOperationException($"{rowType} has no public field or property '{memberName}'");
}
