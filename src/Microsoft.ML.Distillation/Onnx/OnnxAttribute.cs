using Google.Protobuf;

namespace Microsoft.ML.Distillation.Onnx;

using Kind = AttributeProto.Types.AttributeType;

/// <summary>Makes node attributes. Those with lists give null for an empty one: the attribute is left out, and ONNX's default holds.</summary>
internal static class OnnxAttribute
{
    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };

    public static AttributeProto Int(string name, bool value) => Int(name, value ? 1 : 0);

    public static AttributeProto Float(string name, float value) => new() { Name = name, Type = Kind.Float, F = value };

    public static AttributeProto String(string name, string value) =>
        new() { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto Tensor(string name, TensorProto value) => new() { Name = name, Type = Kind.Tensor, T = value };

    public static AttributeProto? Ints(string name, ReadOnlySpan<long> values) =>
        values.IsEmpty ? null : new() { Name = name, Type = Kind.Ints, Ints = { values.ToArray() } };

    public static AttributeProto? Floats(string name, ReadOnlySpan<float> values) =>
        values.IsEmpty ? null : new() { Name = name, Type = Kind.Floats, Floats = { values.ToArray() } };
}
