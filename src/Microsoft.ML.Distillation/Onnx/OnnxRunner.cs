using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Runs a model with one image-like float input on ONNX Runtime. Several threads may call <see cref="Run"/> at once.</summary>
internal sealed class OnnxRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private bool _disposed;

    /// <summary>Opens a model. Error messages call it by <paramref name="name"/>; with 0 threads ONNX Runtime chooses their number.</summary>
    public OnnxRunner(byte[] model, string name, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Name = name;
        _session = OnnxSessions.Open(model, name, threads);
        Inputs = [.. _session.InputNames.Select(n => Describe(n, _session.InputMetadata[n]))];
        Outputs = [.. _session.OutputNames.Select(n => Describe(n, _session.OutputMetadata[n]))];
    }

    public string Name { get; }

    public IReadOnlyList<OnnxValue> Inputs { get; }

    public IReadOnlyList<OnnxValue> Outputs { get; }

    /// <summary>
    /// Gives <paramref name="data"/>, uncopied, to the model's only input and returns <paramref name="outputs"/> in that order; all if null.
    /// </summary>
    public IReadOnlyList<OnnxTensor> Run(ReadOnlySpan<float> data, ReadOnlySpan<long> shape, IReadOnlyList<string>? outputs = null) =>
        Run(data, shape, outputs, OnnxSessions.Copy);

    /// <summary>Runs the model like <see cref="Run(ReadOnlySpan{float}, ReadOnlySpan{long}, IReadOnlyList{string}?)"/>, and keeps nothing but the shapes of its results.</summary>
    public IReadOnlyList<long[]> RunForShapes(ReadOnlySpan<float> data, ReadOnlySpan<long> shape, IReadOnlyList<string> outputs) =>
        Run(data, shape, outputs, (value, _, _) => value.GetTensorTypeAndShape().Shape);

    public void Dispose()
    {
        _disposed = true;
        _session.Dispose();
        _runOptions.Dispose();
    }

    private unsafe T[] Run<T>(ReadOnlySpan<float> data, ReadOnlySpan<long> shape, IReadOnlyList<string>? outputs, Func<OrtValue, string, string, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var input = CheckInput(data.Length, shape);
        outputs ??= [.. Outputs.Select(o => o.Name)];
        foreach (var output in outputs)
            CheckOutput(output);
        fixed (float* pointer = data)
        {
            using var value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape.ToArray(), (nint)pointer, (long)data.Length * sizeof(float));
            return Execute(input, value, shape, outputs, read);
        }
    }

    private T[] Execute<T>(
        OnnxValue input, OrtValue value, ReadOnlySpan<long> shape, IReadOnlyList<string> outputs, Func<OrtValue, string, string, T> read)
    {
        try
        {
            using var results = _session.Run(_runOptions, [input.Name], [value], outputs);
            return [.. results.Select((result, i) => read(result, outputs[i], Name))];
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidOperationException(
                $"{Name} failed on its input {input}, given {OnnxValue.ShapeText(shape)}: {e.Message.TrimEnd()}"
                + " If a fixed size is baked into the model, give that size.",
                e);
        }
    }

    private OnnxValue CheckInput(int count, ReadOnlySpan<long> shape)
    {
        if (Inputs.Count != 1)
        {
            throw new NotSupportedException(
                $"{Name} has {Inputs.Count} inputs ({string.Join(", ", Inputs)}); expected one. Export the model with its image as the only input.");
        }
        var input = Inputs[0];
        if (input.ElementType != OnnxElementType.Float)
            throw new NotSupportedException($"{Name}: the input is {input}; expected Float. Export the model with a float32 input.");
        if (!input.Accepts(shape))
        {
            throw new ArgumentException(
                $"{Name}: got an input of {OnnxValue.ShapeText(shape)}; expected {OnnxValue.ShapeText(input.Dimensions)} for '{input.Name}'."
                + " Resize or batch the images accordingly.");
        }
        if (count == 0 || OnnxTensors.ElementCount(shape) != count)
        {
            throw new ArgumentException(
                $"{Name}: got {count} values for an input of {OnnxValue.ShapeText(shape)}; expected {OnnxTensors.ElementCount(shape)}, and at least one.");
        }
        return input;
    }

    private void CheckOutput(string name)
    {
        if (!_session.OutputMetadata.ContainsKey(name))
            throw new ArgumentException($"{Name} has no output '{name}'; it has {string.Join(", ", Outputs)}. Name one of those.");
    }

    private static OnnxValue Describe(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor)
            return new OnnxValue(name, OnnxElementType.Undefined, null);
        var dimensions = metadata.Dimensions.Zip(
            metadata.SymbolicDimensions,
            (size, symbol) => size >= 0 ? size : symbol.Length > 0 ? symbol : default(OnnxDimension));
        return new OnnxValue(name, (OnnxElementType)metadata.ElementDataType, [.. dimensions]);
    }
}
