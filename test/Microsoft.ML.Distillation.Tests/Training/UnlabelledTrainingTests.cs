using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Tests.Methods;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>What is minimised where images have no labels.</summary>
public class UnlabelledTrainingTests
{
    private static readonly LossContext Unlabelled = Losses.Context() with { Labels = [] };

    [Fact]
    public void TheTotalIsTheMethodsTermsAlone()
    {
        using var scope = NewDisposeScope();
        using var losses = new MethodLosses([new KnowledgeDistillation { Alpha = .9 }, new KnowledgeDistillation { Temperature = 2, Alpha = .5 }], Unlabelled);
        var input = Input();

        var terms = losses.Compute(input).Select(t => (t.Name, Value: t.Value.item<double>())).ToList();

        Assert.Equal(["kd", "kd 2", "total"], terms.Select(t => t.Name));
        Assert.Equal(.9 * terms[0].Value + .5 * terms[1].Value, terms[2].Value, 1e-12);
    }

    [Fact]
    public void TheTermsAreThoseOfALabelledRun()
    {
        using var scope = NewDisposeScope();
        using var without = new MethodLosses([new KnowledgeDistillation()], Unlabelled);
        using var with = new MethodLosses([new KnowledgeDistillation()], Losses.Context());
        var input = Input();

        Assert.Equal(with.Compute(input).Single(t => t.Name == "kd").Value.item<double>(), without.Compute(input)[0].Value.item<double>());
        Assert.Equal(["task", "kd", "total"], with.Compute(input).Select(t => t.Name));
    }

    // Until it starts, nothing would have a gradient, and the first step would fail.
    [Fact]
    public void AMethodThatBeginsLateIsNotEnough()
    {
        Assert.Equal(
            "Methods of DistillImageClassification: There are no labels, and none of the methods teaches from the first step on, so that nothing would be minimised until one begins: "
            + "set SelfAttentionDistillation.Start to 0, or add new KnowledgeDistillation(). (Parameter 'options')",
            Refusal(new SelfAttentionDistillation()));
        Assert.Null(Refusal(new SelfAttentionDistillation { Start = 0 }));
        Assert.Null(Refusal(new SelfAttentionDistillation(), new KnowledgeDistillation()));
        Assert.Null(Losses.Refusal(new SelfAttentionDistillation(), Losses.Context()));
    }

    private static string? Refusal(params DistillationMethod[] methods) => Record.Exception(() => new MethodLosses(methods, Unlabelled).Dispose())?.Message;

    private static LossInput Input()
    {
        var logits = tensor(Numbers.Gaussian(2 * Losses.Batch * Losses.Classes, seed: 3), [2, Losses.Batch, Losses.Classes]).to(ScalarType.Float64);
        return new LossInput(
            new ModelOutput(logits[0], [], null), new ModelOutput(logits[1], [], null), new BatchLabels(tensor(Enumerable.Range(0, Losses.Batch).Select(i => (long)(i % Losses.Classes)).ToArray())));
    }
}
