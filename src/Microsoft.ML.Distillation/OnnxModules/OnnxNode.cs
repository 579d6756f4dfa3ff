using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>What a node of one output computes, given its inputs; one that is left out is null. The result is a tensor of its own, never an input itself.</summary>
internal delegate Tensor OnnxOperator(IReadOnlyList<Tensor?> inputs);

/// <summary>What a node computes, output by output.</summary>
/// <inheritdoc cref="OnnxOperator"/>
internal delegate IReadOnlyList<Tensor> OnnxManyOperator(IReadOnlyList<Tensor?> inputs);

/// <summary>A node, and what is known of it before it runs.</summary>
/// <param name="constant">The tensor of that name where it is constant, else null.</param>
/// <param name="opset">The version of ONNX's own operators.</param>
/// <param name="source">What messages call the file.</param>
/// <param name="training">Whether the graph is being trained; null for never.</param>
internal sealed class OnnxNode(NodeProto node, Func<string, TensorProto?> constant, long opset, string source, Func<bool>? training = null)
{
    private readonly HashSet<int> _readAhead = [];

    public string Type => node.OpType;

    public long Opset => opset;

    /// <summary>How many outputs it has, wanted or not.</summary>
    public int Outputs => node.Output.Count;

    /// <summary>Asked as it runs.</summary>
    public bool IsTraining => training?.Invoke() == true;

    /// <summary>Inputs whose numbers say what is done, such as shapes and axes: these are read on the CPU.</summary>
    public IReadOnlySet<int> ReadAhead => _readAhead;

    /// <summary>What messages call a node.</summary>
    public static string NameOf(NodeProto node) => node.Name.Length > 0 ? $"'{node.Name}'" : $"of '{node.Output.FirstOrDefault()}'";

    public bool IsGiven(int input) => node.Input.Count > input && node.Input[input].Length > 0;

    /// <summary>Whether an input is given, and not by a constant.</summary>
    public bool IsComputed(int input) => IsGiven(input) && Constant(input) is null;

    /// <summary>The axes of an input that is constant; null for others.</summary>
    public long[]? ConstantShape(int input) => IsGiven(input) ? Constant(input)?.Dims.ToArray() : null;

    public bool Has(string name) => Find(name) is not null;

    public long Int(string name, long missing = 0) => Find(name)?.I ?? missing;

    public float Float(string name, float missing) => Find(name)?.F ?? missing;

    public string Text(string name, string missing) => Find(name)?.S.ToStringUtf8() ?? missing;

    /// <summary>Null for an attribute that is not there.</summary>
    public long[]? Ints(string name) => Find(name) is { } found ? [.. found.Ints] : null;

    /// <summary>Null for an attribute that is not there.</summary>
    public float[]? Reals(string name) => Find(name) is { } found ? [.. found.Floats] : null;

    /// <summary>Null for an attribute that is not there.</summary>
    public TensorProto? Value(string name) => Find(name)?.T;

    /// <summary>The one number an input always holds; null for an input that is left out.</summary>
    public float? Number(int input) => !IsGiven(input) ? null : Constant(input) is not { } tensor ? throw Unsupported("a number that is computed")
        : tensor.ToFloats(source) is [var number] ? number : throw Unsupported("several numbers for one");

    /// <summary>The one integer an input always holds; null for any other input.</summary>
    public long? Integer(int input) =>
        IsGiven(input) && Constant(input) is { } tensor && (OnnxElementType)tensor.DataType is OnnxElementType.Int64 or OnnxElementType.Int32 && tensor.ToInt64s(source) is [var number] ? number : null;

    /// <summary>Integers from an input: at once where they are constant, else when they are asked for.</summary>
    /// <returns>Null for an input that is left out.</returns>
    public Func<IReadOnlyList<Tensor?>, long[]>? Integers(int input) => Read(
        input, tensor => tensor.ToInt64s(source), values => values.to(ScalarType.Int64).contiguous().data<long>().ToArray());

    /// <summary>Integers that were an attribute up to some version and are an input since.</summary>
    public Func<IReadOnlyList<Tensor?>, long[]>? Integers(string attribute, int input)
    {
        if (Ints(attribute) is not { } values)
            return Integers(input);
        return _ => values;
    }

    /// <summary>Floats from an input, as <see cref="Integers(int)"/> gives integers.</summary>
    /// <returns>Null for an input that is left out, or is an empty constant.</returns>
    public Func<IReadOnlyList<Tensor?>, float[]>? Reals(int input) => ConstantShape(input) is [0]
        ? null
        : Read(input, tensor => tensor.ToFloats(source), values => values.to(ScalarType.Float32).contiguous().data<float>().ToArray());

    /// <summary>Floats that an input always holds; null for one that is left out or computed.</summary>
    public float[]? Floats(int input) => IsGiven(input) ? Constant(input)?.ToFloats(source) : null;

    /// <summary>Notes that an input's numbers say what is done.</summary>
    public void ReadsAhead(int input) => _readAhead.Add(input);

    public NotSupportedException Unsupported(string what) => new($"{Type} with {what}");

    private Func<IReadOnlyList<Tensor?>, T[]>? Read<T>(int input, Func<TensorProto, T[]> now, Func<Tensor, T[]> later)
    {
        if (!IsGiven(input))
            return null;
        ReadsAhead(input);
        if (Constant(input) is not { } tensor)
            return inputs => later(inputs[input]!.cpu());
        var values = now(tensor);
        return _ => values;
    }

    private TensorProto? Constant(int input) => constant(node.Input[input]);

    private AttributeProto? Find(string name) => node.Attribute.FirstOrDefault(a => a.Name == name);
}
