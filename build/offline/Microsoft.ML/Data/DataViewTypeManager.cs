using System.Collections.Concurrent;

namespace Microsoft.ML.Data;

public static class DataViewTypeManager
{
    private static readonly ConcurrentDictionary<(Type, DataViewTypeAttribute), DataViewType> _types = new(new KeyComparer());

    public static void Register(DataViewType dataViewType, Type type, IEnumerable<Attribute> typeAttributes) =>
        Register(dataViewType, type, Single(typeAttributes));

    public static void Register(DataViewType dataViewType, Type type, DataViewTypeAttribute typeAttribute = null)
    {
        Check.NotNull(dataViewType, nameof(dataViewType));
        Check.NotNull(type, nameof(type));
        var known = _types.GetOrAdd((type, typeAttribute), dataViewType);
        if (!known.Equals(dataViewType))
        {
            throw new InvalidOperationException(
                $"{type} with the attribute {typeAttribute?.ToString() ?? "none"} is already registered as {known}; it cannot "
                    + $"be {dataViewType} as well");
        }
    }

    internal static DataViewType TypeOrNull(Type type, IEnumerable<Attribute> attributes)
    {
        var attribute = Single(attributes);
        attribute?.Register();
        return _types.GetValueOrDefault((type, attribute));
    }

    private static DataViewTypeAttribute Single(IEnumerable<Attribute> attributes)
    {
        var found = (attributes ?? []).OfType<DataViewTypeAttribute>().ToArray();
        if (found.Length > 1)
            throw Check.Param(nameof(attributes),
                $"There may be one {nameof(DataViewTypeAttribute)}; got {string.Join<object>(", ", found)}");
        return found.FirstOrDefault();
    }

    private sealed class KeyComparer : IEqualityComparer<(Type Type, DataViewTypeAttribute Attribute)>
    {
        public bool Equals((Type Type, DataViewTypeAttribute Attribute) x, (Type Type, DataViewTypeAttribute Attribute) y) =>
            x.Type == y.Type && (x.Attribute?.Equals(y.Attribute) ?? y.Attribute == null);

        // Of the attribute its class alone: authors override Equals(DataViewTypeAttribute), not always GetHashCode.
        public int GetHashCode((Type Type, DataViewTypeAttribute Attribute) key) => HashCode.Combine(key.Type, key.Attribute?.GetType());
    }
}
