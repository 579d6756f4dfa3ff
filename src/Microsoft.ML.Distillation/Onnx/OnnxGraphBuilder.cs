using Google.Protobuf;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>
/// Builds an ONNX model, front to back: a node may only read what was added before it, so that a misspelt name is found where it was
/// written and not when some runtime loads the file. Values are handed around by name.
/// </summary>
internal sealed class OnnxGraphBuilder
{
    /// <summary>What ML.NET's ONNX Runtime and older ones read.</summary>
    public const int IrVersion = 8;

    /// <summary>What ML.NET's ONNX Runtime and older ones read.</summary>
    public const int OpsetVersion = 17;

    private readonly ModelProto _model;
    private readonly HashSet<string> _values = [];
    private readonly HashSet<string> _nodeNames = [];
    private string _scope = "";

    public OnnxGraphBuilder(string graphName, string producerName = "Microsoft.ML.Distillation", string? producerVersion = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(graphName);
        _model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = producerName,
            ProducerVersion = producerVersion ?? typeof(OnnxGraphBuilder).Assembly.GetName().Version?.ToString(3) ?? "",
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OpsetVersion } },
            Graph = new GraphProto { Name = graphName },
        };
    }

    private GraphProto Graph => _model.Graph;

    public string AddInput(string name, OnnxElementType type, params ReadOnlySpan<OnnxDimension> dims)
    {
        Claim(name, "Input");
        Graph.Input.Add(new OnnxValue(name, type, dims.ToArray()).ToProto());
        return name;
    }

    /// <summary>Declares an output named <paramref name="name"/> that carries <paramref name="value"/>.</summary>
    public void AddOutput(string name, string value, OnnxElementType type, params ReadOnlySpan<OnnxDimension> dims)
    {
        CheckReadable(value, $"Output '{name}'");
        if (Graph.Output.Any(o => o.Name == name))
            throw Duplicate(name, "Output");
        if (name != value)
        {
            Claim(name, "Output");
            Graph.Node.Add(new NodeProto { Name = UniqueNodeName(name), OpType = "Identity", Input = { value }, Output = { name } });
        }
        Graph.Output.Add(new OnnxValue(name, type, dims.ToArray()).ToProto());
    }

    public string AddInitializer(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dims) =>
        AddInitializer(OnnxTensors.Create(name, values, dims));

    public string AddInitializer(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> dims) =>
        AddInitializer(OnnxTensors.Create(name, values, dims));

    public string AddInitializer(TensorProto tensor)
    {
        Claim(tensor.Name, "Initialiser");
        Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A list of numbers that a node reads as an input, under a name of the builder's choice in the current scope.</summary>
    public string AddConstant(string hint, params ReadOnlySpan<long> values) =>
        AddInitializer(OnnxTensors.Create(UniqueValueName(Scoped(hint)), values, [values.Length]));

    /// <inheritdoc cref="AddConstant(string, ReadOnlySpan{long})"/>
    public string AddConstant(string hint, params ReadOnlySpan<float> values) =>
        AddInitializer(OnnxTensors.Create(UniqueValueName(Scoped(hint)), values, [values.Length]));

    /// <summary>One number without axes.</summary>
    public string AddScalar(string hint, float value) => AddInitializer(OnnxTensors.Create(UniqueValueName(Scoped(hint)), [value], []));

    /// <summary>Adds a node and gives the name of its output: the scope's path, then the given name or else the operator's, made unique.</summary>
    /// <remarks>Inputs are names of earlier values, null leaves an optional one out; null attributes are skipped.</remarks>
    public string AddNode(
        string opType, ReadOnlySpan<string?> inputs, string? name = null, params ReadOnlySpan<AttributeProto?> attributes) =>
        AddNode(opType, inputs, outputs: 1, name, attributes)[0];

    /// <inheritdoc cref="AddNode(string, ReadOnlySpan{string?}, string?, ReadOnlySpan{AttributeProto?})"/>
    public string[] AddNode(
        string opType, ReadOnlySpan<string?> inputs, int outputs, string? name = null, params ReadOnlySpan<AttributeProto?> attributes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(opType);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var path = UniqueNodeName(Scoped(name ?? char.ToLowerInvariant(opType[0]) + opType[1..]));
        var node = new NodeProto { Name = path, OpType = opType };
        foreach (var input in inputs)
        {
            if (!string.IsNullOrEmpty(input))
                CheckReadable(input, $"Node '{path}' ({opType})");
            node.Input.Add(input ?? "");
        }
        while (node.Input.Count > 0 && node.Input[^1].Length == 0)
            node.Input.RemoveAt(node.Input.Count - 1);
        foreach (var attribute in attributes)
        {
            if (attribute is not null)
                node.Attribute.Add(attribute);
        }
        for (var i = 0; i < outputs; i++)
        {
            var output = UniqueValueName(i == 0 ? path : $"{path}.{i}");
            _values.Add(output);
            node.Output.Add(output);
        }
        Graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>Until the result is disposed, names of nodes and constants start with the scopes' names, outermost first, and slashes.</summary>
    public IDisposable EnterScope(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var scope = new Scope(this, _scope);
        _scope = Scoped(name);
        return scope;
    }

    public void AddMetadata(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        if (_model.MetadataProps.Any(p => p.Key == key))
            throw new ArgumentException($"Metadata '{key}' is already in graph '{Graph.Name}'. Add each key once.");
        _model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    /// <summary>The model so far; what is added later doesn't change it.</summary>
    public ModelProto Build()
    {
        if (Graph.Output.Count == 0)
        {
            throw new InvalidOperationException(
                $"Graph '{Graph.Name}' has no output, so nothing could be read from it. Call {nameof(AddOutput)} before {nameof(Build)}.");
        }
        return _model.Clone();
    }

    public byte[] ToBytes() => Build().ToByteArray();

    private string Scoped(string name) => _scope.Length == 0 ? name : $"{_scope}/{name}";

    private void Claim(string name, string what)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!_values.Add(name))
            throw Duplicate(name, what);
    }

    private ArgumentException Duplicate(string name, string what) =>
        new($"{what} '{name}': graph '{Graph.Name}' already has an input, initialiser, output or node result of that name."
            + " Choose another name.");

    private void CheckReadable(string name, string reader)
    {
        if (!_values.Contains(name))
        {
            throw new ArgumentException(
                $"{reader} reads '{name}', but graph '{Graph.Name}' has no input, initialiser or earlier node result of that name."
                + " Add it first, or check the spelling.");
        }
    }

    private string UniqueNodeName(string name)
    {
        var unique = Unique(name, _nodeNames);
        _nodeNames.Add(unique);
        return unique;
    }

    private string UniqueValueName(string name) => Unique(name, _values);

    private static string Unique(string name, HashSet<string> taken)
    {
        var unique = name;
        for (var i = 2; taken.Contains(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }

    private sealed class Scope(OnnxGraphBuilder builder, string outer) : IDisposable
    {
        public void Dispose() => builder._scope = outer;
    }
}
