using System.Buffers.Binary;
using Google.Protobuf;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Numbers to <see cref="TensorProto"/> and back. Written as little-endian <c>raw_data</c>; every encoding is read.</summary>
internal static class OnnxTensors
{
    private const string Damaged = "The file is damaged: export it anew.";

    public static TensorProto Create(string name, ReadOnlySpan<float> values, ReadOnlySpan<long> dims)
    {
        CheckCount(name, values.Length, dims);
        var bytes = new byte[checked(values.Length * sizeof(float))];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return Create(name, OnnxElementType.Float, bytes, dims);
    }

    public static TensorProto Create(string name, ReadOnlySpan<long> values, ReadOnlySpan<long> dims)
    {
        CheckCount(name, values.Length, dims);
        var bytes = new byte[checked(values.Length * sizeof(long))];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return Create(name, OnnxElementType.Int64, bytes, dims);
    }

    /// <summary>The tensor's values as floats; float, double, float16 and bfloat16 tensors have them.</summary>
    public static float[] ToFloats(this TensorProto tensor, string source)
    {
        var type = (OnnxElementType)tensor.DataType;
        float[]? values = type switch
        {
            OnnxElementType.Float => Raw(tensor, source, BinaryPrimitives.ReadSingleLittleEndian) ?? [.. tensor.FloatData],
            OnnxElementType.Double => Raw(tensor, source, b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b))
                ?? [.. tensor.DoubleData.Select(v => (float)v)],
            OnnxElementType.Float16 => Raw(tensor, source, b => (float)BinaryPrimitives.ReadHalfLittleEndian(b))
                ?? [.. tensor.Int32Data.Select(v => (float)BitConverter.UInt16BitsToHalf((ushort)v))],
            OnnxElementType.BFloat16 => Raw(tensor, source, b => FromBFloat16(BinaryPrimitives.ReadUInt16LittleEndian(b)))
                ?? [.. tensor.Int32Data.Select(v => FromBFloat16((ushort)v))],
            _ => throw WrongType(tensor, source, "a float, double, float16 or bfloat16 tensor"),
        };
        return Checked(values, tensor, source);
    }

    /// <summary>The tensor's values as integers; int64 and int32 tensors have them.</summary>
    public static long[] ToInt64s(this TensorProto tensor, string source)
    {
        long[]? values = (OnnxElementType)tensor.DataType switch
        {
            OnnxElementType.Int64 => Raw(tensor, source, BinaryPrimitives.ReadInt64LittleEndian) ?? [.. tensor.Int64Data],
            OnnxElementType.Int32 => Raw(tensor, source, b => (long)BinaryPrimitives.ReadInt32LittleEndian(b))
                ?? [.. tensor.Int32Data.Select(v => (long)v)],
            _ => throw WrongType(tensor, source, "an int64 or int32 tensor"),
        };
        return Checked(values, tensor, source);
    }

    /// <summary>The number of elements that a shape holds; null when a dimension is negative or the product beyond 64 bits.</summary>
    public static long? ElementCount(ReadOnlySpan<long> dims)
    {
        var count = 1L;
        foreach (var dim in dims)
        {
            if (dim < 0 || (dim > 0 && count > long.MaxValue / dim))
                return null;
            count *= dim;
        }
        return count;
    }

    public static long? ElementCount(this TensorProto tensor) => ElementCount(tensor.Dims.ToArray());

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static T[]? Raw<T>(TensorProto tensor, string source, Reader<T> read)
    {
        if (!tensor.HasRawData)
            return null;
        var type = (OnnxElementType)tensor.DataType;
        var size = type.SizeInBytes();
        var raw = tensor.RawData.Span;
        if (raw.Length % size != 0)
        {
            throw new InvalidDataException(
                $"{source}: tensor '{tensor.Name}' has {raw.Length} bytes of {type}, which is no multiple of {size}. {Damaged}");
        }
        var values = new T[raw.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(raw[(i * size)..]);
        return values;
    }

    private static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static T[] Checked<T>(T[] values, TensorProto tensor, string source)
    {
        if (tensor.ElementCount() != values.Length)
        {
            throw new InvalidDataException(
                $"{source}: tensor '{tensor.Name}' holds {values.Length} values, but its shape is {OnnxValue.ShapeText(tensor.Dims.ToArray())}. {Damaged}");
        }
        return values;
    }

    private static InvalidDataException WrongType(TensorProto tensor, string source, string expected) =>
        new($"{source}: tensor '{tensor.Name}' is {(OnnxElementType)tensor.DataType}; expected {expected}.");

    private static void CheckCount(string name, int values, ReadOnlySpan<long> dims)
    {
        if (ElementCount(dims) != values)
        {
            throw new ArgumentException(
                $"Tensor '{name}' was given {values} values for the shape {OnnxValue.ShapeText(dims)}. Give as many as the shape holds.");
        }
    }

    /// <summary>A tensor of any type from its little-endian bytes, which are not copied.</summary>
    public static TensorProto Create(string name, OnnxElementType type, byte[] bytes, ReadOnlySpan<long> dims) => new()
    {
        Name = name,
        DataType = (int)type,
        Dims = { dims.ToArray() },
        RawData = UnsafeByteOperations.UnsafeWrap(bytes),
    };
}
