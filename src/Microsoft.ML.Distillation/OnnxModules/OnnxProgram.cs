using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>The part of an ONNX graph between an input and some of its tensors, as TorchSharp operators one after another. A tensor is freed after its last reader.</summary>
internal sealed class OnnxProgram
{
    private readonly string _source;
    private readonly string _input;
    private readonly List<OnnxStep> _steps = [];
    private readonly HashSet<string> _kept;

    private OnnxProgram(string source, string input, IReadOnlyList<string> outputs) => (_source, _input, _kept) = (source, input, [.. outputs]);

    /// <summary>The constants it reads, in the order of their first use.</summary>
    public IReadOnlyDictionary<string, TensorProto> Constants { get; private set; } = new Dictionary<string, TensorProto>();

    /// <summary>The constants that what is computed ahead reads.</summary>
    public IEnumerable<string> ConstantsAhead => _steps.Where(step => step.IsAhead).SelectMany(step => step.Node.Input).Where(Constants.ContainsKey).Distinct();

    /// <summary>The nodes it runs.</summary>
    public IEnumerable<NodeProto> Nodes => _steps.Select(step => step.Node);

    /// <param name="trains">Whether weights change: what is computed of them is not computed ahead.</param>
    /// <param name="training">Asked at every run.</param>
    /// <exception cref="NotSupportedException">There are nodes that can't be executed so; the message lists them all.</exception>
    public static OnnxProgram Compile(OnnxModelFile file, string input, IReadOnlyList<string> outputs, bool trains, Func<bool> training)
    {
        var program = new OnnxProgram(file.Source, input, outputs);
        var known = OnnxConstants.Of(file);
        var (nodes, wanted) = Needed(file.Model.Graph, input, outputs, known);
        var learned = trains ? nodes.SelectMany(WeightsOf).ToHashSet(StringComparer.Ordinal) : [];
        var (unsupported, plan, opset) = (new OnnxUnsupported(), new OnnxPlan(known, learned), file.OpsetVersions.GetValueOrDefault("", 1));
        foreach (var node in nodes)
        {
            try
            {
                Check(node, known);
                var facts = new OnnxNode(node, known.GetValueOrDefault, opset, file.Source, training);
                var @operator = OnnxOperators.Create(facts, Enumerable.Range(0, node.Output.Count).Where(place => wanted.Contains(node.Output[place])));
                program._steps.Add(new OnnxStep(node, @operator, facts.ReadAhead, plan.IsAhead(node, facts.ReadAhead)));
            }
            catch (NotSupportedException e)
            {
                unsupported.Add(node, e.Message);
            }
        }
        unsupported.ThrowIfAny(file.Source);
        var used = nodes.SelectMany(node => node.Input).Where(known.ContainsKey).Distinct().ToList();
        program.Constants = used.ToDictionary(name => name, name => known[name], StringComparer.Ordinal);
        program.MarkLastReaders();
        return program;
    }

    /// <summary>The weights of a layer, among its inputs.</summary>
    public static IEnumerable<string> WeightsOf(NodeProto node) => node.OpType switch
    {
        "Conv" or "ConvTranspose" or "Gemm" or "MatMul" => node.Input.Skip(1),
        "BatchNormalization" => node.Input.Skip(1).Take(2),
        _ => [],
    };

    /// <param name="constant">A constant's tensor, by name: on the CPU where the second is true.</param>
    /// <param name="ahead">What earlier runs computed ahead.</param>
    /// <param name="made">Puts another tensor in a tensor's place before anybody reads it, unless it follows from sizes alone; null for none.</param>
    /// <returns>The outputs by name; what is computed on the way is freed.</returns>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input, Func<string, bool, Tensor> constant, OnnxAhead ahead, Func<string, Tensor, Tensor>? made = null)
    {
        ahead.Begin(input);
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [_input] = made?.Invoke(_input, input) ?? input };
        foreach (var step in _steps)
        {
            if (!step.IsAhead)
                Put(step, step.Run([.. step.Node.Input.Select((name, place) => Read(name, step.ReadsOnCpu(place)))], _source));
            else if (!ahead.Has(step.Node.Output[0]))
                PutAhead(step);
            foreach (var dead in step.Dead)
            {
                if (values.Remove(dead, out var value))
                    value.Dispose();
            }
        }
        foreach (var name in _kept.Where(ahead.Has))
            values[name] = ahead.OnDevice(name, ahead.Find(name)!).alias();
        return values;

        Tensor? Read(string name, bool onCpu)
        {
            if (name.Length == 0)
                return null;
            if (values.TryGetValue(name, out var value))
                return value;
            var known = ahead.Find(name) ?? constant(name, onCpu);
            return onCpu || known.device_type == input.device_type ? known : ahead.OnDevice(name, known);
        }

        void PutAhead(OnnxStep step)
        {
            using var noGrad = no_grad();
            foreach (var (name, result) in step.Node.Output.Zip(step.Run([.. step.Node.Input.Select(name => Read(name, onCpu: true))], _source)))
                ahead.Keep(name, result);
        }

        void Put(OnnxStep step, IReadOnlyList<Tensor> results)
        {
            foreach (var (name, result) in step.Node.Output.Zip(results))
            {
                // What is made of shapes that were read from the device.
                var there = result.device_type == input.device_type ? result : result.to(input.device);
                var changed = name.Length > 0 ? made?.Invoke(name, there) ?? there : there;
                if (!ReferenceEquals(changed, result))
                    result.Dispose();
                if (name.Length > 0)
                    values.Add(name, changed);
                else
                    changed.Dispose();
            }
        }
    }

    private static void Check(NodeProto node, Dictionary<string, TensorProto> known)
    {
        if (node.Domain is not ("" or "ai.onnx"))
            throw new NotSupportedException($"{node.Domain}.{node.OpType}");
        foreach (var name in node.Input)
        {
            if (known.TryGetValue(name, out var value) && !OnnxConstants.IsKnown(value))
                throw new NotSupportedException($"{node.OpType} with constants of the type {(OnnxElementType)value.DataType}");
        }
    }

    /// <summary>The nodes on the ways from the input to the outputs, in the order of the graph, which is one they can run in, and all tensors that are read.</summary>
    private static (List<NodeProto> Nodes, HashSet<string> Wanted) Needed(GraphProto graph, string input, IReadOnlyList<string> outputs, Dictionary<string, TensorProto> constants)
    {
        var wanted = outputs.ToHashSet(StringComparer.Ordinal);
        var nodes = new List<NodeProto>();
        foreach (var node in graph.Node.Reverse())
        {
            if (!node.Output.Any(o => wanted.Contains(o) && o != input && !constants.ContainsKey(o)))
                continue;
            nodes.Add(node);
            wanted.UnionWith(node.Input.Where(name => name.Length > 0));
        }
        nodes.Reverse();
        return (nodes, wanted);
    }

    private void MarkLastReaders()
    {
        var read = new HashSet<string>(_kept, StringComparer.Ordinal);
        var made = _steps.Where(s => !s.IsAhead).SelectMany(s => s.Node.Output).Where(o => o.Length > 0 && o != _input).ToHashSet(StringComparer.Ordinal);
        foreach (var step in Enumerable.Reverse(_steps))
        {
            var unread = step.Node.Output.Where(o => made.Contains(o) && read.Add(o)).ToList();
            step.Dead = [.. unread, .. step.Node.Input.Where(made.Contains).Where(read.Add)];
        }
    }
}
