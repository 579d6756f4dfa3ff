using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML;

/// <summary>Single values of data view types in a model file.</summary>
internal static class ValueCodec
{
    internal static bool CanWrite(Type type) =>
        type == typeof(ReadOnlyMemory<char>) || type.IsPrimitive || type == typeof(DateTime) || type == typeof(TimeSpan);

    internal static void Write<T>(BinaryWriter writer, T value)
    {
        if (value is ReadOnlyMemory<char> text)
            writer.Write(text.ToString());
        else if (CanWrite(typeof(T)))
            writer.Write(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref value), Unsafe.SizeOf<T>())));
        else
            throw new NotSupportedException($"Values of {typeof(T)} cannot be written to a model file");
    }

    internal static T Read<T>(BinaryReader reader)
    {
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
            return (T)(object)reader.ReadString().AsMemory();
        if (!CanWrite(typeof(T)))
            throw new NotSupportedException($"Values of {typeof(T)} cannot be read from a model file");
        return Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetArrayDataReference(reader.ReadBytes(Unsafe.SizeOf<T>())));
    }

    internal static void WriteArray<T>(BinaryWriter writer, T[] values)
    {
        writer.Write(values.Length);
        foreach (var value in values)
            Write(writer, value);
    }

    internal static T[] ReadArray<T>(BinaryReader reader)
    {
        var values = new T[reader.ReadInt32()];
        for (int i = 0; i < values.Length; i++)
            values[i] = Read<T>(reader);
        return values;
    }
}
