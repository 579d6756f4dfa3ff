using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Cases of detectors' losses, whose tensors come level by level.</summary>
internal static class DetectionGolden
{
    /// <summary>The tensors of a name, by level.</summary>
    public static Tensor[] Levels(this MethodGolden golden, string name, ScalarType type) =>
        [.. Enumerable.Range(0, 9).TakeWhile(i => golden.Tensors.ContainsKey($"{name}{i}")).Select(i => golden.Tensor($"{name}{i}", type))];

    public static DetectionTargets Targets(this MethodGolden golden, int images) => DetectionTargets.Create(golden.Tensor("targets", ScalarType.Float64), images, CPU);

    /// <summary>Leaves by their names in the file.</summary>
    public static (string Name, Tensor Leaf)[] Named(string name, IEnumerable<Tensor> levels) => [.. levels.Select((leaf, i) => ($"{name}{i}", leaf))];

    /// <summary>Each weighted term, and the gradients of the leaves by their sum, are those of the file.</summary>
    public static void Matches(MethodGolden golden, IReadOnlyList<LossTerm> terms, double tolerance, params (string Name, Tensor Leaf)[] leaves)
    {
        Assert.Equal(golden.Terms.Keys.Order(StringComparer.Ordinal), terms.Select(term => term.Name).Order(StringComparer.Ordinal));
        Assert.NotEmpty(leaves);
        Total(terms).backward();
        foreach (var term in terms)
            Numbers.Close([golden.Terms[term.Name]], Numbers.Of(term.Value * term.Weight), tolerance);
        foreach (var (name, leaf) in leaves)
            Numbers.Close(golden.Gradients[name], leaf.grad is { } gradient ? Numbers.Of(gradient) : new double[golden.Gradients[name].Length], tolerance);
    }

    public static Tensor Total(IReadOnlyList<LossTerm> terms) => terms.Select(term => term.Value * term.Weight).Aggregate((sum, term) => sum + term);

    public static void Finite(Tensor value, params Tensor[] leaves)
    {
        value.backward();
        Assert.All(leaves.Select(leaf => leaf.grad!).Append(value).SelectMany(Numbers.Of), number => Assert.True(double.IsFinite(number), $"{number} is not finite."));
    }
}
