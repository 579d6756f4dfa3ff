using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>The part of an ONNX graph between an input and some of its tensors, as TorchSharp operators one after another. A tensor is freed after its last reader.</summary>
internal sealed class OnnxProgram
{
    private readonly string _input;
    private readonly List<Step> _steps = [];
    private readonly HashSet<string> _kept;

    private OnnxProgram(string input, IReadOnlyList<string> outputs) => (_input, _kept) = (input, [.. outputs]);

    /// <summary>The constants it reads, in the order of their first use.</summary>
    public IReadOnlyDictionary<string, TensorProto> Constants { get; private set; } = new Dictionary<string, TensorProto>();

    /// <summary>The nodes it runs.</summary>
    public IEnumerable<NodeProto> Nodes => _steps.Select(step => step.Node);

    /// <param name="training">Asked at every run; null for never.</param>
    /// <exception cref="NotSupportedException">There are operators that can't be executed so; the message lists them all.</exception>
    public static OnnxProgram Compile(OnnxModelFile file, string input, IReadOnlyList<string> outputs, Func<bool>? training = null)
    {
        var program = new OnnxProgram(input, outputs);
        var known = ConstantsOf(file);
        var unsupported = new SortedSet<string>(StringComparer.Ordinal);
        var used = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var node in Needed(file.Model.Graph, input, outputs, known))
        {
            foreach (var name in node.Input.Where(known.ContainsKey))
                used.TryAdd(name, known[name]);
            try
            {
                if (node.Domain is not ("" or "ai.onnx"))
                    throw new NotSupportedException($"{node.Domain}.{node.OpType}");
                program._steps.Add(new Step(node, OnnxOperators.Create(new OnnxNode(node, known.GetValueOrDefault, file.OpsetVersions.GetValueOrDefault("", 1), file.Source, training))));
            }
            catch (NotSupportedException e)
            {
                unsupported.Add(e.Message);
            }
        }
        if (unsupported.Count > 0)
        {
            throw new NotSupportedException($"{file.Source} can't be executed as TorchSharp operators: {string.Join(", ", unsupported)} {(unsupported.Count == 1 ? "isn't" : "aren't")} supported. "
                + "Run it in ONNX Runtime, which gives no gradients, or export it without.");
        }
        program.Constants = used;
        program.MarkLastReaders();
        return program;
    }

    /// <param name="constant">A constant's tensor, by name.</param>
    /// <param name="made">Puts another tensor in a tensor's place before anybody reads it; null for none.</param>
    /// <returns>The outputs by name; what is computed on the way is freed.</returns>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input, Func<string, Tensor> constant, Func<string, Tensor, Tensor>? made = null)
    {
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [_input] = made?.Invoke(_input, input) ?? input };
        foreach (var step in _steps)
        {
            var result = step.Operator([.. step.Node.Input.Select(Read)]);
            var name = step.Node.Output[0];
            var changed = made?.Invoke(name, result) ?? result;
            if (!ReferenceEquals(changed, result))
                result.Dispose();
            values.Add(name, changed);
            foreach (var dead in step.Dead.Where(dead => dead != _input))
            {
                values[dead].Dispose();
                values.Remove(dead);
            }
        }
        return values;

        Tensor? Read(string name) => name.Length == 0 ? null : values.TryGetValue(name, out var value) ? value : constant(name);
    }

    /// <summary>Initialisers, and what nodes of type Constant hold.</summary>
    private static Dictionary<string, TensorProto> ConstantsOf(OnnxModelFile file)
    {
        var constants = new Dictionary<string, TensorProto>(file.Initializers, StringComparer.Ordinal);
        foreach (var node in file.Model.Graph.Node.Where(n => n.OpType == "Constant"))
        {
            if (node.Attribute.FirstOrDefault(a => a.Name == "value")?.T is { } value)
                constants.TryAdd(node.Output[0], value);
        }
        return constants;
    }

    /// <summary>The nodes on the ways from the input to the outputs, in the order of the graph, which is one they can run in.</summary>
    private static List<NodeProto> Needed(GraphProto graph, string input, IReadOnlyList<string> outputs, Dictionary<string, TensorProto> constants)
    {
        var wanted = outputs.ToHashSet(StringComparer.Ordinal);
        var nodes = new List<NodeProto>();
        foreach (var node in graph.Node.Reverse())
        {
            if (!node.Output.Any(o => wanted.Contains(o) && o != input && !constants.ContainsKey(o)))
                continue;
            nodes.Add(node);
            wanted.UnionWith(node.Input);
        }
        nodes.Reverse();
        return nodes;
    }

    private void MarkLastReaders()
    {
        var read = new HashSet<string>(_kept, StringComparer.Ordinal);
        var made = _steps.Select(s => s.Node.Output[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var step in Enumerable.Reverse(_steps))
            step.Dead = [.. step.Node.Input.Where(made.Contains).Where(read.Add)];
    }

    private sealed class Step(NodeProto node, OnnxOperator @operator)
    {
        public NodeProto Node => node;

        public OnnxOperator Operator => @operator;

        /// <summary>What nobody reads afterwards.</summary>
        public IReadOnlyList<string> Dead { get; set; } = [];
    }
}
