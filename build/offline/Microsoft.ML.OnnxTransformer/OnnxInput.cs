using System;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>One model input of one cursor: turns the current row's value into a tensor.</summary>
internal abstract class OnnxInput : IDisposable
{
    private OrtValue _tensor;

    /// <summary>The current row's tensor; valid until the next call.</summary>
    internal OrtValue Fetch() => _tensor = Next(_tensor);

    protected abstract OrtValue Next(OrtValue previous);

    public void Dispose() => _tensor?.Dispose();

    internal static OnnxInput Create(DataViewRow row, DataViewSchema.Column column, OnnxInputInfo info)
    {
        var vector = column.Type as VectorDataViewType;
        var raw = (vector?.ItemType ?? column.Type).RawType;
        if (raw == typeof(ReadOnlyMemory<char>))
            return vector != null ? new OnnxTextVector(row, column, info) : new OnnxText(row, column);
        return vector != null
            ? Generic.Invoke<OnnxInput>(Vector<int>, [raw], row, column, info)
            : Generic.Invoke<OnnxInput>(Scalar<int>, [raw], row, column);
    }

    private static OnnxInput Vector<T>(DataViewRow row, DataViewSchema.Column column, OnnxInputInfo info) where T : unmanaged =>
        new OnnxVector<T>(row, column, info);

    private static OnnxInput Scalar<T>(DataViewRow row, DataViewSchema.Column column) where T : unmanaged => new OnnxScalar<T>(row, column);

    /// <summary>The shape for that many values.</summary>
    protected static long[] ShapeFor(OnnxInputInfo info, int count)
    {
        long known = info.Shape.Where(size => size > 0).Aggregate(1L, (product, size) => product * size);
        long[] shape = [.. info.Shape.Select(size => size > 0 ? size : count / known)];
        if (shape.Aggregate(1L, (product, size) => product * size) != count)
            throw new InvalidOperationException($"Input shape mismatch: Input '{info.Name}' has shape {string.Join(",", info.Shape)}, but input data is of length {count}.");
        return shape;
    }
}

internal sealed class OnnxVector<T>(DataViewRow row, DataViewSchema.Column column, OnnxInputInfo info) : OnnxInput
    where T : unmanaged
{
    private readonly ValueGetter<VBuffer<T>> _get = row.GetGetter<VBuffer<T>>(column);
    private VBuffer<T> _values;
    private T[] _dense;

    protected override OrtValue Next(OrtValue previous)
    {
        _get(ref _values);
        // The tensor lies over the array itself, so both are made anew only when the length changes.
        if (_dense?.Length != _values.Length)
        {
            long[] shape = ShapeFor(info, _values.Length);
            previous?.Dispose();
            _dense = new T[_values.Length];
            previous = OrtValue.CreateTensorValueFromMemory(_dense, shape);
        }
        _values.CopyTo(_dense);
        return previous;
    }
}

internal sealed class OnnxScalar<T>(DataViewRow row, DataViewSchema.Column column) : OnnxInput
    where T : unmanaged
{
    private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
    private readonly T[] _value = new T[1];

    protected override OrtValue Next(OrtValue previous)
    {
        _get(ref _value[0]);
        return previous ?? OrtValue.CreateTensorValueFromMemory(_value, [1, 1]);
    }
}

internal sealed class OnnxTextVector(DataViewRow row, DataViewSchema.Column column, OnnxInputInfo info) : OnnxInput
{
    private readonly ValueGetter<VBuffer<ReadOnlyMemory<char>>> _get = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
    private VBuffer<ReadOnlyMemory<char>> _values;

    protected override OrtValue Next(OrtValue previous)
    {
        previous?.Dispose();
        _get(ref _values);
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, ShapeFor(info, _values.Length));
        int i = 0;
        foreach (var value in _values.DenseValues())
            tensor.StringTensorSetElementAt(value.Span, i++);
        return tensor;
    }
}

internal sealed class OnnxText(DataViewRow row, DataViewSchema.Column column) : OnnxInput
{
    private readonly ValueGetter<ReadOnlyMemory<char>> _get = row.GetGetter<ReadOnlyMemory<char>>(column);
    private ReadOnlyMemory<char> _value;

    protected override OrtValue Next(OrtValue previous)
    {
        previous?.Dispose();
        _get(ref _value);
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1, 1]);
        tensor.StringTensorSetElementAt(_value.Span, 0);
        return tensor;
    }
}
