using System.Collections;

namespace Microsoft.ML.Data;

public readonly struct VBuffer<T> : IEnumerable
{
    internal readonly T[] ValueArray;
    internal readonly int[] IndexArray;
    internal readonly int Count;

    public readonly int Length;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        Check.AtLeast(length, 0, nameof(length));
        Check.That((values?.Length ?? 0) >= length, nameof(values), $"values must hold at least {length} items; got {values?.Length ?? 0}");
        (Length, Count, ValueArray, IndexArray) = (length, length, values, indices);
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Check.AtLeast(length, 0, nameof(length));
        Check.That(count >= 0 && count <= length, nameof(count), $"count must be between 0 and the length {length}; got {count}");
        Check.That((values?.Length ?? 0) >= count, nameof(values), $"values must hold at least {count} items; got {values?.Length ?? 0}");
        Check.That(count == length || (indices?.Length ?? 0) >= count, nameof(indices),
            $"indices must hold at least {count} items; got {indices?.Length ?? 0}");
        (Length, Count, ValueArray, IndexArray) = (length, count, values, indices);
    }

    public bool IsDense => Count == Length;

    public ReadOnlySpan<T> GetValues() => ValueArray.AsSpan(0, Count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : IndexArray.AsSpan(0, Count);

    public T GetItemOrDefault(int index)
    {
        Check.That((uint)index < (uint)Length, nameof(index), $"index must be between 0 and {Length - 1}; got {index}");
        if (IsDense)
            return ValueArray[index];
        int at = Array.BinarySearch(IndexArray, 0, Count, index);
        return at >= 0 ? ValueArray[at] : default;
    }

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        if (all)
            return DenseValues().Select((value, i) => KeyValuePair.Create(i, value));
        var copy = this;
        return Enumerable.Range(0, Count).Select(i => KeyValuePair.Create(copy.IsDense ? i : copy.IndexArray[i], copy.ValueArray[i]));
    }

    public IEnumerable<T> DenseValues()
    {
        for (int i = 0, next = 0; i < Length; i++)
        {
            if (IsDense)
                yield return ValueArray[i];
            else if (next < Count && IndexArray[next] == i)
                yield return ValueArray[next++];
            else
                yield return default;
        }
    }

    public IEnumerator GetEnumerator() => DenseValues().GetEnumerator();

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Check.That(destinationIndex >= 0 && destinationIndex <= destination.Length - Length, nameof(destination),
            $"destination must have room for {Length} items from index {destinationIndex}; it holds {destination.Length}");
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        target.Fill(defaultValue);
        for (int i = 0; i < Count; i++)
            target[IndexArray[i]] = ValueArray[i];
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, Count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Check.That(sourceIndex >= 0 && length >= 0 && sourceIndex <= Length - length, nameof(length),
            $"The slice from {sourceIndex} of length {length} is outside the vector of length {Length}");
        var dense = new T[Length];
        CopyTo(dense);
        Copy(dense, sourceIndex, ref destination, length);
    }

    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public override string ToString() =>
        IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {Count} explicit values";
}
