using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Which .NET type an element type's values are.</summary>
internal static class ElementTypes
{
    internal static ScalarType? Of(Type type) => type switch
    {
        _ when type == typeof(byte) => ScalarType.Byte,
        _ when type == typeof(sbyte) => ScalarType.Int8,
        _ when type == typeof(short) => ScalarType.Int16,
        _ when type == typeof(int) => ScalarType.Int32,
        _ when type == typeof(long) => ScalarType.Int64,
        _ when type == typeof(Half) => ScalarType.Float16,
        _ when type == typeof(float) => ScalarType.Float32,
        _ when type == typeof(double) => ScalarType.Float64,
        _ when type == typeof((float, float)) => ScalarType.ComplexFloat32,
        _ when type == typeof(Complex) => ScalarType.ComplexFloat64,
        _ when type == typeof(bool) => ScalarType.Bool,
        _ => null,
    };
}
