using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>The shim's tags, in its order.</summary>
internal enum Tag
{
    None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, OptionalTensorList, String, Device, Generator,
}

/// <summary>The shim's Value, byte for byte.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal Tag Tag;
    internal int Aux;
    internal long Bits;
    internal long Count;
}

/// <summary>An operator's argument, made by conversion from whatever the schema wants there.</summary>
internal readonly struct Argument
{
    internal readonly object? Content;
    internal readonly long Bits;
    internal readonly Tag Tag;
    internal readonly int Aux;

    private Argument(Tag tag, long bits = 0, object? content = null, int aux = 0)
    {
        Tag = tag;
        Bits = bits;
        Content = content;
        Aux = aux;
    }

    internal static Argument None => default;

    /// <summary>A list in which null stands for "no tensor here", as indexing wants it.</summary>
    internal static Argument Optional(Tensor?[] tensors) => new(Tag.OptionalTensorList, 0, tensors);

    public static implicit operator Argument(Tensor? tensor) => tensor is null ? default : new(Tag.Tensor, tensor.Handle, tensor);
    public static implicit operator Argument(Tensor[]? tensors) => tensors is null ? default : new(Tag.TensorList, 0, tensors);
    public static implicit operator Argument(long value) => new(Tag.Int, value);
    public static implicit operator Argument(long? value) => value is { } v ? new(Tag.Int, v) : default;
    public static implicit operator Argument(int value) => new(Tag.Int, value);
    public static implicit operator Argument(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(double? value) => value is { } v ? v : default(Argument);
    public static implicit operator Argument(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Argument(long[]? values) => values is null ? default : new(Tag.IntList, 0, values);
    public static implicit operator Argument(double[]? values) => values is null ? default : new(Tag.DoubleList, 0, values);
    public static implicit operator Argument(string? text) =>
        text is null ? default : new(Tag.String, 0, System.Text.Encoding.UTF8.GetBytes(text));
    public static implicit operator Argument(ScalarType type) => new(Tag.Int, (int)type);
    public static implicit operator Argument(ScalarType? type) => type is { } t ? new(Tag.Int, (int)t) : default;
    public static implicit operator Argument(Device? device) =>
        device is null ? default : new(Tag.Device, device.index, null, (int)device.type);
    public static implicit operator Argument(Generator? generator) =>
        generator is null ? default : new(Tag.Generator, generator.Handle, generator);
    public static implicit operator Argument(Scalar? scalar) => scalar is null ? default : new(scalar.Tag, scalar.Bits);

    /// <summary>How many 8-byte words the argument needs beside its NativeValue.</summary>
    internal int Words => Tag switch
    {
        Tag.IntList => ((long[])Content!).Length,
        Tag.DoubleList => ((double[])Content!).Length,
        Tag.TensorList or Tag.OptionalTensorList => ((Tensor?[])Content!).Length,
        Tag.String => (((byte[])Content!).Length + 7) / 8,
        _ => 0,
    };

    /// <summary>Writes the argument in the shim's form; what does not fit goes to <paramref name="words"/>.</summary>
    internal unsafe void Write(NativeValue* target, long* words)
    {
        target->Tag = Tag;
        target->Aux = Aux;
        target->Bits = Bits;
        if (Content is null || Tag is Tag.Tensor or Tag.Generator)
            return;
        target->Bits = (long)words;
        target->Count = WriteList(words);
    }

    private unsafe int WriteList(long* words)
    {
        switch (Content)
        {
            case long[] values:
                values.CopyTo(new Span<long>(words, values.Length));
                return values.Length;
            case double[] values:
                values.CopyTo(new Span<double>(words, values.Length));
                return values.Length;
            case byte[] text:
                text.CopyTo(new Span<byte>(words, text.Length));
                return text.Length;
            default:
                var tensors = (Tensor?[])Content!;
                for (int i = 0; i < tensors.Length; i++)
                    words[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                return tensors.Length;
        }
    }
}
