namespace Microsoft.ML.Distillation.Scoring;

/// <summary>
/// Lets an ONNX model that says it takes one image take any number: the first axis of its inputs and outputs is given a name for a size. Nothing else of the file is touched, or even read:
/// this walks protobuf's wire format down to those fields.
/// </summary>
internal static class OnnxBatchAxis
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    // ModelProto.graph; GraphProto.input and output; ValueInfoProto.type; TypeProto.tensor_type; Tensor.shape
    private static readonly int[][] _path = [[7], [11, 12], [2], [1], [2]];

    // TensorShapeProto.dim, of which dim_param is "N".
    private const int Dimension = 1;
    private static ReadOnlySpan<byte> Named => [0x12, 1, (byte)'N'];

    /// <param name="model">The bytes of a model whose graph computes any number of images.</param>
    /// <exception cref="InvalidDataException">The bytes are not protobuf.</exception>
    public static byte[] Free(ReadOnlySpan<byte> model) => Rewrite(model, 0);

    private static byte[] Rewrite(ReadOnlySpan<byte> message, int depth)
    {
        using var result = new MemoryStream(message.Length + 16);
        var renamed = false;
        for (var at = 0; at < message.Length;)
        {
            var (start, tag) = (at, ReadVarint(message, ref at));
            var field = (int)(tag >> 3);
            var body = Body(message, (int)(tag & 7), ref at);
            var inner = (tag & 7) != Delimited ? null
                : depth < _path.Length ? _path[depth].Contains(field) ? Rewrite(body, depth + 1) : null
                : field == Dimension && !renamed ? Named.ToArray() : null;
            if (inner is null)
            {
                result.Write(message[start..at]);
                continue;
            }
            renamed = depth == _path.Length;
            WriteVarint(result, tag);
            WriteVarint(result, (ulong)inner.Length);
            result.Write(inner);
        }
        return result.ToArray();
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> message, int wireType, ref int at)
    {
        var start = at;
        ulong length = 0;
        switch (wireType)
        {
            case Varint:
                ReadVarint(message, ref at);
                return message[start..at];
            case Fixed64:
                length = sizeof(ulong);
                break;
            case Fixed32:
                length = sizeof(uint);
                break;
            case Delimited:
                length = ReadVarint(message, ref at);
                break;
            default:
                throw Damaged();
        }
        if (length > (ulong)(message.Length - at))
            throw Damaged();
        at += (int)length;
        return message.Slice(at - (int)length, (int)length);
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= message.Length)
                throw Damaged();
            var part = message[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw Damaged();
    }

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }

    private static InvalidDataException Damaged() => new("The model's ONNX graph is damaged: save the model again.");
}
