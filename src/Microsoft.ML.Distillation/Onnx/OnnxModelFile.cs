using Google.Protobuf;
using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>An ONNX model from elsewhere: what it says of itself, and its weights. Nothing in it is lost when it is written again.</summary>
internal sealed class OnnxModelFile
{
    /// <summary>The largest array, and what a protobuf message can hold.</summary>
    public const long MaximumBytes = int.MaxValue - 64;

    private readonly Dictionary<string, TensorProto> _initializers = [];

    private OnnxModelFile(ModelProto model, string source)
    {
        Model = model;
        Source = source;
        foreach (var tensor in model.Graph.Initializer)
            _initializers.TryAdd(tensor.Name, tensor);
        // Before IR version 4 every initialiser had to be listed as an input too; those aren't inputs a caller has to give.
        Inputs = [.. model.Graph.Input.Where(i => !_initializers.ContainsKey(i.Name)).Select(OnnxValue.FromProto)];
    }

    public ModelProto Model { get; }

    /// <summary>What error messages call the model: its path, where it has one.</summary>
    public string Source { get; }

    public IReadOnlyList<OnnxValue> Inputs { get; }

    public IReadOnlyList<OnnxValue> Outputs => [.. Model.Graph.Output.Select(OnnxValue.FromProto)];

    public IReadOnlyDictionary<string, TensorProto> Initializers => _initializers;

    public IReadOnlyDictionary<string, string> Metadata =>
        Model.MetadataProps.GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Last().Value);

    /// <summary>Operator set versions by domain; ONNX's own domain is the empty string.</summary>
    public IReadOnlyDictionary<string, long> OpsetVersions =>
        Model.OpsetImport.GroupBy(o => o.Domain == "ai.onnx" ? "" : o.Domain).ToDictionary(g => g.Key, g => g.Max(o => o.Version));

    public static OnnxModelFile FromPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new ArgumentException(
                $"'{path}' is a folder; expected an ONNX file. Give the path of the .onnx file inside.", nameof(path));
        }
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new FileNotFoundException($"ONNX model '{path}' doesn't exist (looked for '{info.FullName}'). Check the path.", path);
        if (info.Length > MaximumBytes)
            throw TooLarge($"'{path}'");
        return Parse(info.Length == 0 ? [] : File.ReadAllBytes(path), $"'{path}'", info.DirectoryName);
    }

    public static OnnxModelFile FromBytes(byte[] bytes, string source)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Parse(bytes, source, folder: null);
    }

    /// <summary>A model that was made here; it is not copied.</summary>
    public static OnnxModelFile FromProto(ModelProto model, string source) => new(model, source);

    public bool HasInitializer(string name) => _initializers.ContainsKey(name);

    public float[] ReadFloats(string name) => Initializer(name).ToFloats(Source);

    public long[] ReadShape(string name) => [.. Initializer(name).Dims];

    /// <summary>Adds outputs for inner tensors, so that running the model gives them too; outputs that it has already stay as they are.</summary>
    public void AddOutputs(IEnumerable<string> names)
    {
        var graph = Model.Graph;
        var known = graph.Node.SelectMany(n => n.Output).Where(n => n.Length > 0).ToHashSet();
        foreach (var name in names)
        {
            if (graph.Output.Any(o => o.Name == name))
                continue;
            if (!known.Contains(name))
            {
                throw new ArgumentException(
                    $"{Source}: no node computes a tensor '{name}', so it can't become an output. {Nearest(name, known)}");
            }
            // Without a type the runtime infers it; the exporter's own note of it, where there is one, says more.
            graph.Output.Add(graph.ValueInfo.FirstOrDefault(v => v.Name == name)?.Clone() ?? new ValueInfoProto { Name = name });
        }
    }

    /// <summary>A copy whose outputs are joined by inner tensors; this one stays as it is.</summary>
    public OnnxModelFile WithOutputs(IEnumerable<string> names)
    {
        var copy = new OnnxModelFile(Model.Clone(), Source);
        copy.AddOutputs(names);
        return copy;
    }

    public byte[] ToBytes() => Model.ToByteArray();

    /// <summary>Tells the model from others, wherever it lies.</summary>
    public string Fingerprint() => $"content {ContentHash.Of(ToBytes())}";

    private TensorProto Initializer(string name) =>
        _initializers.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"{Source}: no initialiser '{name}'. {Nearest(name, _initializers.Keys)}");

    private static string Nearest(string name, IEnumerable<string> known)
    {
        // The last part of a dotted or slashed name is what survives different exporters.
        var tail = name[(name.LastIndexOfAny(['.', '/']) + 1)..];
        var all = known.ToList();
        var alike = all.Where(k => tail.Length > 0 && k.EndsWith(tail, StringComparison.OrdinalIgnoreCase));
        var shown = alike.Concat(all).Distinct().Take(5).Select(n => $"'{n}'");
        return all.Count == 0 ? "There are none." : $"There are {all.Count}, such as {string.Join(", ", shown)}.";
    }

    private static OnnxModelFile Parse(byte[] bytes, string source, string? folder)
    {
        if (bytes.Length == 0)
        {
            throw new InvalidDataException(
                $"{source} is empty; expected an ONNX model. The download or copy didn't finish: fetch it again.");
        }
        var model = ParseModel(bytes, source);
        if (model.Graph is null || model.Graph.Output.Count == 0)
            throw NotOnnx(bytes, source, model.Graph is null ? "has no graph" : "has a graph without outputs");
        if (model.OpsetImport.Count == 0)
            throw NotOnnx(bytes, source, "names no operator set");
        new OnnxExternalData(source, folder).Embed(model);
        new OnnxModelCheck(source).Check(model);
        return new OnnxModelFile(model, source);
    }

    private static ModelProto ParseModel(byte[] bytes, string source)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e) when (e.Message.Contains("nesting", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{source} nests graphs or types deeper than any network does: it is damaged, or made to do harm. Give a file written by an ONNX exporter.", e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw NotOnnx(bytes, source, "can't be read to its end", e);
        }
    }

    private static InvalidDataException NotOnnx(byte[] bytes, string source, string fault, Exception? inner = null)
    {
        if (OnnxFormat.Recognise(bytes) is var (what, remedy))
            return new InvalidDataException($"{source} is {what}; expected an ONNX model. {remedy}", inner);
        // Every exporter writes the IR version, a small number in field 1, first.
        var message = bytes.Length > 1 && bytes[0] == 0x08 && bytes[1] is > 0 and < 64
            ? $"{source} begins like an ONNX model but {fault}: its {bytes.Length} bytes are cut short or damaged. Fetch or export it again."
            : $"{source} is no ONNX model: it {fault} and begins with the bytes {OnnxFormat.FirstBytes(bytes)}."
                + " Give a file written by an ONNX exporter.";
        return new InvalidDataException(message, inner);
    }

    private static InvalidDataException TooLarge(string source) =>
        new($"{source} has more than {MaximumBytes} bytes; an ONNX file can't be larger. Use a smaller model, or one stored in float16.");
}
