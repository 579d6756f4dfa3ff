using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor on the CPU with the values of a .NET sequence.</summary>
    private static unsafe Tensor FromSpan<T>(ReadOnlySpan<T> values, long[] shape) where T : unmanaged
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        if (count > values.Length)
            throw new ArgumentException($"Mismatched total size creating a tensor: its shape has {count} elements, got {values.Length}.");
        var tensor = Empty(shape, ElementTypes.Of(typeof(T)), CPU, false, null);
        values[..(int)count].CopyTo(new Span<T>(tensor.Pointer(), (int)count));
        return tensor;
    }

    /// <summary>The same for an array of any rank.</summary>
    private static Tensor FromArray(Array array)
    {
        var shape = Enumerable.Range(0, array.Rank).Select(array.GetLongLength).ToArray();
        return array switch
        {
            _ when Is<byte>(array) => FromSpan(Flat<byte>(array), shape),
            _ when Is<sbyte>(array) => FromSpan(Flat<sbyte>(array), shape),
            _ when Is<short>(array) => FromSpan(Flat<short>(array), shape),
            _ when Is<int>(array) => FromSpan(Flat<int>(array), shape),
            _ when Is<long>(array) => FromSpan(Flat<long>(array), shape),
            _ when Is<Half>(array) => FromSpan(Flat<Half>(array), shape),
            _ when Is<float>(array) => FromSpan(Flat<float>(array), shape),
            _ when Is<double>(array) => FromSpan(Flat<double>(array), shape),
            _ when Is<bool>(array) => FromSpan(Flat<bool>(array), shape),
            _ when Is<(float, float)>(array) => FromSpan(Flat<(float, float)>(array), shape),
            _ when Is<System.Numerics.Complex>(array) => FromSpan(Flat<System.Numerics.Complex>(array), shape),
            _ => throw new NotSupportedException($"A tensor can't be made of an array of {array.GetType().GetElementType()}."),
        };
    }

    // The CLR itself takes byte[] for sbyte[] and so on: the element type decides, not a cast.
    private static bool Is<T>(Array array) => array.GetType().GetElementType() == typeof(T);

    private static ReadOnlySpan<T> Flat<T>(Array array) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    /// <summary>Brings a tensor fresh from .NET values to the element type and device asked for.</summary>
    private static Tensor Made(Tensor tensor, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        bool moves = (dtype is { } type && type != tensor.dtype) || (device is not null && device.type != DeviceType.CPU);
        return Named(moves ? tensor.to(dtype ?? tensor.dtype, device ?? CPU, disposeAfter: true) : tensor, requires_grad, names);
    }
}
