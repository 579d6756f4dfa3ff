namespace Microsoft.ML.Data;

public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(ref VBuffer<T> destination) =>
        new(destination.Length, destination.Count, destination.ValueArray, destination.IndexArray, false, false);

    public static VBufferEditor<T> Create<T>(ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null,
        int? maxValuesCapacity = null, bool keepOldOnResize = false, bool requireIndicesOnDense = false)
    {
        Check.AtLeast(newLogicalLength, 0, nameof(newLogicalLength));
        int count = valuesCount ?? newLogicalLength;
        Check.That(count >= 0 && count <= newLogicalLength, nameof(valuesCount),
            $"valuesCount must be between 0 and the length {newLogicalLength}; got {count}");
        int capacity = Math.Max(count, maxValuesCapacity ?? 0);

        var values = Grown(destination.ValueArray, count, capacity, keepOldOnResize, out bool newValues);
        int[] indices = destination.IndexArray;
        bool newIndices = false;
        if (count < newLogicalLength || requireIndicesOnDense)
            indices = Grown(indices, count, capacity, keepOldOnResize, out newIndices);
        return new(newLogicalLength, count, values, indices, newValues, newIndices);
    }

    private static TItem[] Grown<TItem>(TItem[] array, int count, int capacity, bool keep, out bool created)
    {
        created = count > (array?.Length ?? 0);
        if (!created)
            return array ?? [];
        if (!keep || array == null)
            return new TItem[capacity];
        Array.Resize(ref array, capacity);
        return array;
    }
}

public readonly ref struct VBufferEditor<T>
{
    private readonly int _length;
    private readonly T[] _values;
    private readonly int[] _indices;

    public readonly Span<T> Values;
    public readonly Span<int> Indices;

    internal VBufferEditor(int length, int count, T[] values, int[] indices, bool createdNewValues, bool createdNewIndices)
    {
        (_length, _values, _indices) = (length, values, indices);
        Values = values.AsSpan(0, count);
        Indices = indices == null || indices.Length < count ? default : indices.AsSpan(0, count);
        CreatedNewValues = createdNewValues;
        CreatedNewIndices = createdNewIndices;
    }

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    public VBuffer<T> Commit() => new(_length, Values.Length, _values, _indices);

    public VBuffer<T> CommitTruncated(int physicalValuesCount)
    {
        Check.That(physicalValuesCount >= 0 && physicalValuesCount <= Values.Length, nameof(physicalValuesCount),
            $"physicalValuesCount must be between 0 and {Values.Length}; got {physicalValuesCount}");
        return new(_length, physicalValuesCount, _values, _indices);
    }
}
