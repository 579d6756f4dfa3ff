using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Common;

public class ModelOutputTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/ensemble.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnEnsemblesProbabilitiesAndTheirGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var members = Members(golden, type);

        var logProbabilities = Of(members).LogProbabilities(golden.Options["temperature"]);
        var weighted = (logProbabilities * golden.Tensor("coefficients", type)).sum();
        weighted.backward();

        Numbers.Close(golden.Tensors["logProbabilities"].Values, Numbers.Of(logProbabilities), tolerance);
        Numbers.Close([golden.Terms["weighted"]], Numbers.Of(weighted), tolerance * Size(golden));
        for (var k = 0; k < members.Count; k++)
            Numbers.Close(golden.Gradients[$"member {k}"], Numbers.Of(members[k].Logits.grad!), tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DistillingAnEnsembleIsWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.Tensor("student", type);

        var divergence = KnowledgeDistillation.SoftenedDivergence(new ModelOutput(student, [], null), Of(Members(golden, type)), golden.Options["temperature"]);
        divergence.backward();

        Numbers.Close([golden.Terms["kd"]], Numbers.Of(divergence), tolerance);
        Numbers.Close(golden.Gradients["student"], Numbers.Of(student.grad!), tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ASingleModelsAreItsOwnSoftmax(double temperature)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1.0, 2, -3, 0, 0, 5 }, [2, 3]);

        var probabilities = new ModelOutput(logits, [], null).LogProbabilities(temperature).exp();

        double[] exponentials = [.. new[] { 1.0, 2, -3, 0, 0, 5 }.Select(z => Math.Exp(z / temperature))];
        var expected = exponentials.Chunk(3).SelectMany(row => row.Select(e => e / row.Sum())).ToArray();
        Numbers.Close(expected, Numbers.Of(probabilities), 1e-12);
    }

    // The probabilities of members far apart are a mean: neither member's certainty is lost, and nothing overflows.
    [Fact]
    public void ExtremeMembersStayFinite()
    {
        using var scope = NewDisposeScope();
        var (one, other) = (tensor(new[] { 1e4, -1e4 }, [1, 2]), tensor(new[] { -1e4, 1e4 }, [1, 2]));

        var probabilities = Of([(one, .3), (other, .7)]).LogProbabilities(1).exp();

        Numbers.Close([.3, .7], Numbers.Of(probabilities), 1e-12);
    }

    private static ModelOutput Of(IReadOnlyList<(Tensor Logits, double Weight)> members) => new(members[0].Logits, [], null) { Members = members };

    private static List<(Tensor Logits, double Weight)> Members(MethodGolden golden, ScalarType type) =>
        [.. Enumerable.Range(0, golden.Options.Keys.Count(k => k.StartsWith("weight", StringComparison.Ordinal)))
            .Select(k => (golden.Tensor($"member {k}", type), golden.Options[$"weight {k}"]))];

    // A sum of n terms of both signs may cancel: its error is that of its terms, about n times its own.
    private static int Size(MethodGolden golden) => golden.Tensors["coefficients"].Values.Length;
}
