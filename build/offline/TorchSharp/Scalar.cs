using System.Numerics;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number as an operator's argument: an integer, a floating-point number or a bool. Complex ones are not supported here.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(Tag tag, long bits, ScalarType type)
    {
        Tag = tag;
        Bits = bits;
        Type = type;
    }

    internal Scalar(NativeValue value)
        : this(value.Tag, value.Bits, value.Tag switch { Tag.Double => ScalarType.Float64,
            Tag.Bool => ScalarType.Bool, _ => ScalarType.Int64 })
    {
    }

    public ScalarType Type { get; }

    internal Tag Tag { get; }

    internal long Bits { get; }

    internal double AsDouble => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsInt64 => Tag == Tag.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    public static implicit operator Scalar(byte value) => Integer(value, ScalarType.Byte);
    public static implicit operator Scalar(sbyte value) => Integer(value, ScalarType.Int8);
    public static implicit operator Scalar(short value) => Integer(value, ScalarType.Int16);
    public static implicit operator Scalar(int value) => Integer(value, ScalarType.Int32);
    public static implicit operator Scalar(long value) => Integer(value, ScalarType.Int64);
    public static implicit operator Scalar(float value) => Real(value, ScalarType.Float32);
    public static implicit operator Scalar(double value) => Real(value, ScalarType.Float64);
    public static implicit operator Scalar(Half value) => Real((double)value, ScalarType.Float16);
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0, ScalarType.Bool);
    public static implicit operator Scalar((float, float) value) => throw ComplexNotSupported();
    public static implicit operator Scalar(Complex value) => throw ComplexNotSupported();

    public void Dispose()
    {
    }

    internal static Scalar Real(double value, ScalarType type) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value), type);

    internal static NotSupportedException ComplexNotSupported() =>
        new("Complex scalars are not supported by this stand-in for TorchSharp.");

    private static Scalar Integer(long value, ScalarType type) => new(Tag.Int, value, type);
}
