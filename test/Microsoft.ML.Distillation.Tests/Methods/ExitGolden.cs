using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>Cases of methods with early exits (test/goldens/exit_case.py): feature maps, the exits' weights, and what the terms and gradients must be.</summary>
internal static class ExitGolden
{
    public static void Check(MethodGolden golden, DistillationMethod method, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var features = Features(golden, type);
        var loss = method.CreateLoss(Context(golden, features));
        using var helper = loss.Helper!;
        helper.to(type);
        SetWeights(golden, helper);
        var labels = new BatchLabels(golden.Long("labels"), golden.Options["share"] < 1 ? golden.Long("second") : null, golden.Options["share"]);
        var logits = golden.Tensors.ContainsKey("logits") ? golden.Tensor("logits", type).requires_grad_() : null;

        var terms = loss.Compute(new LossInput(new ModelOutput(logits, features, null), null, labels));
        terms.Select(t => t.Value).Aggregate((a, b) => a + b).backward();

        Assert.Equal(golden.Terms.Keys, terms.Select(t => t.Name));
        foreach (var term in terms)
            Numbers.Close([golden.Terms[term.Name]], Numbers.Of(term.Value), tolerance);
        for (var i = 1; i < features.Count - 1; i++)
            Numbers.Close(golden.Gradients[$"feature{i}"], Numbers.Of(features[i].grad!), tolerance);
        foreach (var (name, weight) in helper.named_parameters())
            Numbers.Close(golden.Gradients[name], Numbers.Of(weight.grad!), tolerance);
        Assert.Null(features[^1].grad);
        Assert.Null(logits?.grad);
    }

    private static List<Tensor> Features(MethodGolden golden, ScalarType type)
    {
        var count = golden.Tensors.Keys.Count(k => k.StartsWith("feature", StringComparison.Ordinal));
        return [zeros(1, 1, 9, 9), .. Enumerable.Range(1, count).Select(i => golden.Tensor($"feature{i}", type)), golden.Tensor("deepest", type).requires_grad_()];
    }

    private static LossContext Context(MethodGolden golden, List<Tensor> features)
    {
        var maps = features.Select((f, i) => new MapShape($"stage{i}", (int)f.shape[1], (int)f.shape[2], (int)f.shape[3]));
        return Losses.Context(teacher: false) with { Student = new OutputShape((int)golden.Options["classes"], [.. maps], null) };
    }

    private static void SetWeights(MethodGolden golden, nn.Module helper)
    {
        using var noGrad = no_grad();
        var weights = helper.named_parameters().ToList();
        Assert.Equal(golden.Tensors.Keys.Where(k => k.Contains('.')).Order(), weights.Select(w => w.Item1).Order());
        foreach (var (name, weight) in weights)
            weight.copy_(tensor(golden.Tensors[name].Values, golden.Tensors[name].Shape));
    }
}
