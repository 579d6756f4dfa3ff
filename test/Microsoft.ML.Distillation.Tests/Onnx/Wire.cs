using Google.Protobuf;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>
/// Reads protobuf without the library's .proto: what a file says, as a set of "path = value" lines that doesn't depend on the order in which
/// different fields were written.
/// </summary>
internal static class Wire
{
    /// <summary>Fields of ONNX messages that are messages again: model, graph, node, attribute, value info, type and so on down.</summary>
    private static readonly Dictionary<string, Dictionary<int, string>> s_messages = new()
    {
        ["model"] = new() { [7] = "graph", [8] = "leaf", [14] = "leaf" },
        ["graph"] = new() { [1] = "node", [5] = "tensor", [11] = "value", [12] = "value", [13] = "value" },
        ["node"] = new() { [5] = "attribute", [9] = "leaf" },
        ["attribute"] = new() { [5] = "tensor", [6] = "graph" },
        ["value"] = new() { [2] = "type" },
        ["type"] = new() { [1] = "tensor type" },
        ["tensor type"] = new() { [2] = "shape" },
        ["shape"] = new() { [1] = "leaf" },
        ["tensor"] = [],
        ["leaf"] = [],
    };

    public static SortedSet<string> Facts(byte[] model)
    {
        var facts = new SortedSet<string>(StringComparer.Ordinal);
        Collect(model, "model", "", facts);
        return facts;
    }

    private static void Collect(byte[] bytes, string kind, string path, SortedSet<string> facts)
    {
        foreach (var field in Fields(bytes).GroupBy(f => f.Number))
        {
            // A message that may occur once and occurs twice is one message in two pieces.
            var values = kind == "model" && field.Key == 7 ? [field.SelectMany(f => f.Value).ToArray()] : field.Select(f => f.Value).ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var here = $"{path}/{field.Key}[{i}]";
                if (s_messages[kind].TryGetValue(field.Key, out var inner))
                    Collect(values[i], inner, here, facts);
                else
                    facts.Add($"{here} = {Convert.ToHexString(values[i])}");
            }
        }
    }

    private static List<(int Number, byte[] Value)> Fields(byte[] bytes)
    {
        var fields = new List<(int, byte[])>();
        var input = new CodedInputStream(bytes);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            var value = (tag & 7) switch
            {
                0 => BitConverter.GetBytes(input.ReadUInt64()),
                1 => BitConverter.GetBytes(input.ReadFixed64()),
                2 => input.ReadBytes().ToByteArray(),
                5 => BitConverter.GetBytes(input.ReadFixed32()),
                var type => throw new InvalidDataException($"Wire type {type} isn't used by ONNX."),
            };
            fields.Add(((int)(tag >> 3), value));
        }
        return fields;
    }
}
