namespace Microsoft.ML.Distillation.Onnx;

/// <summary>
/// Refuses what no exporter writes and what those who read a model later would stumble over: tensors that aren't there in the size they claim, names given twice, circles,
/// operator sets that can't be. Linear in the size of the file.
/// </summary>
internal sealed class OnnxModelCheck(string source)
{
    // Version 1 is from 2017, and a year brings two or three.
    private const long LastOpset = 1000;
    private const int NamesShown = 5;

    public void Check(ModelProto model)
    {
        foreach (var opset in model.OpsetImport)
        {
            if (opset.Version is < 1 or > LastOpset)
                throw Fault($"names version {opset.Version} of the operator set '{(opset.Domain.Length == 0 ? "ai.onnx" : opset.Domain)}', which there can't be");
        }
        foreach (var tensor in OnnxModelTensors.All(model))
            CheckSize(tensor);
        CheckGraph(model.Graph);
    }

    private void CheckSize(TensorProto tensor)
    {
        var shape = OnnxValue.ShapeText(tensor.Dims.ToArray());
        var count = tensor.ElementCount() ?? throw Fault($"declares a tensor '{tensor.Name}' of the shape {shape}, which no memory holds");
        var type = (OnnxElementType)tensor.DataType;
        if (tensor.HasRawData && type.SizeInBytes() is > 0 and var size)
        {
            if ((Int128)count * size != tensor.RawData.Length)
                throw Fault($"declares a tensor '{tensor.Name}' of {shape} {type}, which take {(Int128)count * size} bytes; the file has {tensor.RawData.Length}");
            return;
        }
        var held = Held(tensor, type);
        // Types that aren't known here may pack several elements into a byte.
        if (held is { } values ? values != count : count > 8L * (tensor.RawData.Length + tensor.Int32Data.Count + 1))
            throw Fault($"declares a tensor '{tensor.Name}' of {shape} {type}, which is {count} values; the file has {held ?? tensor.RawData.Length}");
    }

    private static long? Held(TensorProto tensor, OnnxElementType type) => type switch
    {
        OnnxElementType.Float => tensor.FloatData.Count,
        OnnxElementType.Complex64 => tensor.FloatData.Count / 2,
        OnnxElementType.Double => tensor.DoubleData.Count,
        OnnxElementType.Complex128 => tensor.DoubleData.Count / 2,
        OnnxElementType.Int64 => tensor.Int64Data.Count,
        OnnxElementType.UInt32 or OnnxElementType.UInt64 => tensor.Uint64Data.Count,
        OnnxElementType.String => tensor.StringData.Count,
        _ when type.SizeInBytes() > 0 => tensor.Int32Data.Count,
        _ => null,
    };

    private void CheckGraph(GraphProto graph)
    {
        var makers = Makers(graph);
        CheckCircles(graph, makers);
        foreach (var inner in graph.Node.SelectMany(OnnxModelTensors.Graphs))
            CheckGraph(inner);
    }

    /// <summary>Which node makes a tensor, where every name means one thing. An initialiser may be listed as an input: before IR version 4 it had to be.</summary>
    private Dictionary<string, int> Makers(GraphProto graph)
    {
        var given = new Dictionary<string, string>();
        foreach (var (name, kind) in graph.Initializer.Select(i => (i.Name, "initialiser")).Concat(graph.SparseInitializer.Select(i => (i.Values?.Name ?? "", "initialiser"))))
        {
            if (name.Length > 0 && !given.TryAdd(name, kind))
                throw Fault($"has two initialisers named '{name}'");
        }
        var inputs = new HashSet<string>();
        foreach (var input in graph.Input)
        {
            if (!inputs.Add(input.Name))
                throw Fault($"has two inputs named '{input.Name}'");
            given.TryAdd(input.Name, "input");
        }
        var makers = new Dictionary<string, int>();
        for (var i = 0; i < graph.Node.Count; i++)
        {
            foreach (var output in graph.Node[i].Output.Where(o => o.Length > 0))
            {
                if (given.TryGetValue(output, out var kind))
                    throw Fault($"has an {kind} '{output}' that a node ({graph.Node[i].OpType}) makes too");
                if (!makers.TryAdd(output, i))
                    throw Fault($"makes the tensor '{output}' twice, by a {graph.Node[makers[output]].OpType} and a {graph.Node[i].OpType}");
            }
        }
        return makers;
    }

    /// <summary>Takes away, again and again, what needs nothing that is left (Kahn 1962); what remains stands in a circle or behind one.</summary>
    private void CheckCircles(GraphProto graph, Dictionary<string, int> makers)
    {
        var readers = Enumerable.Range(0, graph.Node.Count).Select(_ => new List<int>()).ToArray();
        var open = new int[graph.Node.Count];
        for (var i = 0; i < open.Length; i++)
        {
            foreach (var maker in Needed(graph.Node[i]).Where(makers.ContainsKey).Select(name => makers[name]).Distinct())
            {
                readers[maker].Add(i);
                open[i]++;
            }
        }
        var ready = new Queue<int>(Enumerable.Range(0, open.Length).Where(i => open[i] == 0));
        var done = 0;
        for (; ready.TryDequeue(out var node); done++)
        {
            foreach (var reader in readers[node].Where(r => --open[r] == 0))
                ready.Enqueue(reader);
        }
        if (done == open.Length)
            return;
        var left = Enumerable.Range(0, open.Length).Where(i => open[i] > 0).SelectMany(i => graph.Node[i].Output).Where(o => o.Length > 0);
        throw Fault($"computes tensors in a circle: {string.Join(", ", left.Take(NamesShown).Select(n => $"'{n}'"))} can't be had without one another");
    }

    /// <summary>A node's inputs, and what the graphs within it read from around them.</summary>
    private static IEnumerable<string> Needed(NodeProto node) => node.Input.Concat(OnnxModelTensors.Graphs(node).SelectMany(FromAround));

    private static HashSet<string> FromAround(GraphProto graph)
    {
        var needed = graph.Node.SelectMany(Needed).Concat(graph.Output.Select(o => o.Name)).ToHashSet();
        needed.ExceptWith(graph.Node.SelectMany(n => n.Output).Concat(graph.Initializer.Select(i => i.Name)).Concat(graph.Input.Select(i => i.Name)));
        return needed;
    }

    private InvalidDataException Fault(string what) => new($"{source} {what}: it is damaged, or no exporter wrote it. Fetch or export it again.");
}
