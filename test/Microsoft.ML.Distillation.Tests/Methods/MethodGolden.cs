using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>A case that test/goldens/method_case.py wrote: inputs, and the terms and gradients PyTorch computes of them in float64.</summary>
internal sealed class MethodGolden
{
    public required string Name { get; init; }

    /// <summary>Numbers a case was made with, such as a temperature.</summary>
    public Dictionary<string, double> Options { get; init; } = [];

    public required Dictionary<string, GoldenTensor> Tensors { get; init; }

    public Dictionary<string, long[]> Integers { get; init; } = [];

    public required Dictionary<string, double> Terms { get; init; }

    /// <summary>Gradients of the sum of all terms.</summary>
    public required Dictionary<string, double[]> Gradients { get; init; }

    /// <summary>The cases of a file, in double and in single precision with the tolerance of each.</summary>
    public static TheoryData<int, ScalarType, double> Cases(IReadOnlyList<MethodGolden> goldens)
    {
        var cases = new TheoryData<int, ScalarType, double>();
        for (var i = 0; i < goldens.Count; i++)
        {
            cases.Add(i, ScalarType.Float64, 1e-9);
            cases.Add(i, ScalarType.Float32, 1e-5);
        }
        return cases;
    }

    /// <summary>An input; those that have a gradient in the file ask for one.</summary>
    public Tensor Tensor(string name, ScalarType type) => tensor(Tensors[name].Values, Tensors[name].Shape).to(type).requires_grad_(Gradients.ContainsKey(name));

    public Tensor Long(string name) => tensor(Integers[name]);

    public override string ToString() => Name;
}

internal sealed record GoldenTensor(long[] Shape, double[] Values);
