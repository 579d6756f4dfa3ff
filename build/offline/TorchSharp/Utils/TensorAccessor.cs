using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>A tensor's elements in row-major order, read and written where they lie.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public unsafe T this[params long[] indices]
    {
        get => ((T*)_tensor.Pointer())[Locate(indices)];
        set => ((T*)_tensor.Pointer())[Locate(indices)] = value;
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        if (_shape.Length >= 2 && Count > Array.MaxLength)
            throw new NotSupportedException($"A tensor of {Count} elements does not fit into an array.");
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    public Array ToNDArray()
    {
        var result = Array.CreateInstance(typeof(T), _shape.Length == 0 ? [1] : _shape);
        var flat = ToArray();
        Buffer.BlockCopy(flat, 0, result, 0, Buffer.ByteLength(flat));
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var data = (T*)_tensor.Pointer();
        int count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous)
        {
            new Span<T>(data + tensorIndex, count).CopyTo(array[arrayIndex..]);
            return;
        }
        for (int i = 0; i < count; i++)
            array[arrayIndex + i] = data[Tensor.Offset(_shape, _strides, tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var data = (T*)_tensor.Pointer();
        int count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous)
        {
            array.Slice(arrayIndex, count).CopyTo(new Span<T>(data + tensorIndex, count));
            return;
        }
        for (int i = 0; i < count; i++)
            data[Tensor.Offset(_shape, _strides, tensorIndex + i)] = array[arrayIndex + i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return _tensor.ReadElement<T>(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

#nullable disable annotations // as TorchSharp declares it
    public override bool Equals(object obj) =>
        obj is TensorAccessor<T> other && Count == other.Count && this.SequenceEqual(other);
#nullable restore annotations

    public override int GetHashCode() => _tensor.GetHashCode();

    /// <summary>The tensor is not the accessor's to end.</summary>
    public void Dispose()
    {
    }

    private long Locate(long[] indices)
    {
        if (indices.Length == 1 && _shape.Length != 1)
            return Tensor.Offset(_shape, _strides, CheckIndex(indices[0], Count));
        if (indices.Length != _shape.Length)
            throw new ArgumentException($"The tensor has {_shape.Length} dimensions, got {indices.Length} indices.");
        long offset = 0;
        for (int i = 0; i < indices.Length; i++)
            offset += CheckIndex(indices[i], _shape[i]) * _strides[i];
        return offset;
    }

    private static long CheckIndex(long index, long length) =>
        index >= 0 && index < length ? index : throw new IndexOutOfRangeException($"Index {index} is outside of 0 to {length - 1}.");
}
