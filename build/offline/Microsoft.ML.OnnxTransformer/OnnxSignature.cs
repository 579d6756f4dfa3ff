using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>What an ONNX file declares about a graph input or output.</summary>
/// <param name="ElementType">TensorProto.DataType; 0 where it is no tensor.</param>
/// <param name="Dimensions">0 for one that is not a number; null where no shape is declared.</param>
internal sealed record OnnxDeclaration(int ElementType, int[] Dimensions);

/// <summary>
/// Reads the declared outputs of an ONNX file. ONNX Runtime's own metadata won't do: it fills in what it can infer, and the types of
/// columns follow the declaration. (Protocol-buffer field numbers are those of onnx.proto.)
/// </summary>
internal static class OnnxSignature
{
    private const int ModelGraph = 7, GraphOutput = 12, ValueName = 1, ValueType = 2, TypeTensor = 1;
    private const int TensorElementType = 1, TensorShape = 2, ShapeDimension = 1, DimensionValue = 1;

    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    internal static Dictionary<string, OnnxDeclaration> Outputs(ReadOnlySpan<byte> model)
    {
        var outputs = new Dictionary<string, OnnxDeclaration>();
        foreach (var graph in Fields(model, ModelGraph))
            foreach (var output in Fields(model[graph.Range], GraphOutput))
                Add(outputs, model[graph.Range][output.Range]);
        return outputs;
    }

    private static void Add(Dictionary<string, OnnxDeclaration> outputs, ReadOnlySpan<byte> value)
    {
        string name = "";
        var declaration = new OnnxDeclaration(0, null);
        foreach (var field in Fields(value, ValueName))
            name = Encoding.UTF8.GetString(value[field.Range]);
        foreach (var type in Fields(value, ValueType))
            foreach (var tensor in Fields(value[type.Range], TypeTensor))
                declaration = Tensor(value[type.Range][tensor.Range]);
        outputs[name] = declaration;
    }

    private static OnnxDeclaration Tensor(ReadOnlySpan<byte> tensor)
    {
        int elementType = 0;
        int[] dimensions = null;
        foreach (var field in Fields(tensor, TensorElementType))
            elementType = (int)field.Number;
        foreach (var shape in Fields(tensor, TensorShape))
            dimensions = Dimensions(tensor[shape.Range]);
        return new(elementType, dimensions);
    }

    private static int[] Dimensions(ReadOnlySpan<byte> shape)
    {
        var dimensions = new List<int>();
        foreach (var dimension in Fields(shape, ShapeDimension))
        {
            long size = 0;
            foreach (var value in Fields(shape[dimension.Range], DimensionValue))
                size = value.Number;
            dimensions.Add(checked((int)Math.Max(size, 0)));
        }
        return [.. dimensions];
    }

    private readonly record struct Field(long Number, Range Range);

    /// <summary>The fields of a message that have this number.</summary>
    private static List<Field> Fields(ReadOnlySpan<byte> message, int wanted)
    {
        var fields = new List<Field>();
        for (int at = 0; at < message.Length;)
        {
            long tag = ReadVarint(message, ref at), number = 0;
            int start = at;
            switch (tag & 7)
            {
                case Varint: number = ReadVarint(message, ref at); break;
                case Fixed64: at += 8; break;
                case Fixed32: at += 4; break;
                case Bytes: long length = ReadVarint(message, ref at); start = at; at = checked((int)(at + length)); break;
                default: throw NotOnnx();
            }
            if (at < start || at > message.Length)
                throw NotOnnx();
            if (tag >> 3 == wanted)
                fields.Add(new(number, start..at));
        }
        return fields;
    }

    private static long ReadVarint(ReadOnlySpan<byte> message, ref int at)
    {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (at >= message.Length)
                throw NotOnnx();
            byte next = message[at++];
            value |= (long)(next & 127) << shift;
            if (next < 128)
                return value;
        }
        throw NotOnnx();
    }

    private static InvalidDataException NotOnnx() => new("Error initializing model: its bytes are not those of an ONNX model.");
}
