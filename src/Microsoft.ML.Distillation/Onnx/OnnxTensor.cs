namespace Microsoft.ML.Distillation.Onnx;

/// <summary>A result of running a model. Real numbers of any width come as floats, integers and booleans as longs.</summary>
internal sealed class OnnxTensor
{
    private readonly float[]? _floats;
    private readonly long[]? _integers;

    public OnnxTensor(string name, long[] shape, float[] floats) => (Name, Shape, _floats) = (name, shape, floats);

    public OnnxTensor(string name, long[] shape, long[] integers) => (Name, Shape, _integers) = (name, shape, integers);

    public string Name { get; }

    public long[] Shape { get; }

    public bool IsInteger => _integers is not null;

    public float[] Floats =>
        _floats ?? throw new InvalidOperationException($"Output '{Name}' holds integers; expected real numbers. Read {nameof(Integers)} instead.");

    public long[] Integers =>
        _integers ?? throw new InvalidOperationException($"Output '{Name}' holds real numbers; expected integers. Read {nameof(Floats)} instead.");
}
