using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>What a node computes, given its inputs; one that is left out is null. The result is a tensor of its own, never an input itself.</summary>
internal delegate Tensor OnnxOperator(IReadOnlyList<Tensor?> inputs);

/// <summary>A node, and what is known of it before it runs.</summary>
/// <param name="constant">The tensor of that name where it is constant, else null.</param>
/// <param name="opset">The version of ONNX's own operators.</param>
/// <param name="source">What messages call the file.</param>
/// <param name="training">Whether the graph is being trained; null for never.</param>
internal sealed class OnnxNode(NodeProto node, Func<string, TensorProto?> constant, long opset, string source, Func<bool>? training = null)
{
    public string Type => node.OpType;

    public long Opset => opset;

    /// <summary>Asked as it runs.</summary>
    public bool IsTraining => training?.Invoke() == true;

    public bool IsGiven(int input) => node.Input.Count > input && node.Input[input].Length > 0;

    public bool Has(string name) => Find(name) is not null;

    public long Int(string name, long missing = 0) => Find(name)?.I ?? missing;

    public float Float(string name, float missing) => Find(name)?.F ?? missing;

    public string Text(string name, string missing) => Find(name)?.S.ToStringUtf8() ?? missing;

    /// <summary>Null for an attribute that is not there.</summary>
    public long[]? Ints(string name) => Find(name) is { } found ? [.. found.Ints] : null;

    /// <summary>Null for an attribute that is not there.</summary>
    public TensorProto? Value(string name) => Find(name)?.T;

    /// <summary>The one number an input always holds; null for an input that is left out.</summary>
    public float? Number(int input) => !IsGiven(input) ? null : Constant(input) is { } tensor
        ? tensor.ToFloats(source) is [var number] ? number : throw Unsupported("limits that are no single numbers")
        : throw Unsupported("limits that are computed");

    /// <summary>Integers from an input: at once where they are constant, else when they are asked for.</summary>
    /// <returns>Null for an input that is left out.</returns>
    public Func<IReadOnlyList<Tensor?>, long[]>? Integers(int input)
    {
        if (!IsGiven(input))
            return null;
        if (Constant(input) is not { } tensor)
            return inputs => inputs[input]!.cpu().to(ScalarType.Int64).data<long>().ToArray();
        var values = tensor.ToInt64s(source);
        return _ => values;
    }

    /// <summary>Integers that were an attribute up to some version and are an input since.</summary>
    public Func<IReadOnlyList<Tensor?>, long[]>? Integers(string attribute, int input)
    {
        if (Ints(attribute) is not { } values)
            return Integers(input);
        return _ => values;
    }

    /// <summary>Floats that an input always holds; null for one that is left out or computed.</summary>
    public float[]? Floats(int input) => IsGiven(input) ? Constant(input)?.ToFloats(source) : null;

    public NotSupportedException Unsupported(string what) => new($"{Type} with {what}");

    private TensorProto? Constant(int input) => constant(node.Input[input]);

    private AttributeProto? Find(string name) => node.Attribute.FirstOrDefault(a => a.Name == name);
}
