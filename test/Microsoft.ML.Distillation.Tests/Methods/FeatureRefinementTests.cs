using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class FeatureRefinementTests
{
    [Fact]
    public void OnItsOwnItTrainsThePyramidAndTheStudent()
    {
        var run = Losses.Train(new FeatureRefinement(), context: Losses.Context(teacher: false));

        Assert.InRange(run.Share, 0, .7);
        Assert.True(run.FirstLayerGradient > 0);
        Assert.True(run.HelperChanged);
    }

    // With the weights of the other terms at 0 only the pyramid's labels are left, and they reach the student through its feature maps.
    [Fact]
    public void ThePyramidsLabelsTrainTheStudentToo()
    {
        var run = Losses.Train(new FeatureRefinement { Alpha = 0, Beta = 0 }, context: Losses.Context(teacher: false));

        Assert.InRange(run.Share, 0, .7);
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Fact]
    public void WhatTheStudentLearnsFromThePyramidIsDetached()
    {
        using var scope = NewDisposeScope();
        var (loss, input) = Made(new FeatureRefinement());

        foreach (var term in loss.Compute(input).Skip(1))
            term.Value.backward();

        Assert.All(loss.Helper!.parameters(), p => Assert.Null(p.grad));
        Assert.All(input.Student.Features.Skip(1), f => Assert.NotNull(f.grad));
        Assert.NotNull(input.Student.Logits!.grad);
        Assert.Null(input.Student.Features[0].grad);
        loss.Helper!.Dispose();
    }

    [Fact]
    public void WithoutFeaturesThereIsNoAttentionTerm()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([("refined", 1.0), ("kd", 2), ("at", 100)], Terms(new()).Select(t => (t.Name, t.Weight)));
        Assert.Equal([("refined", 1.0), ("kd", 2)], Terms(new() { Features = false }).Select(t => (t.Name, t.Weight)));
    }

    [Fact]
    public void EveryOptionChangesTheLoss()
    {
        using var scope = NewDisposeScope();
        FeatureRefinement[] methods =
        [
            new(), new() { Temperature = 2 }, new() { Alpha = 1 }, new() { Beta = 50 }, new() { Features = false }, new() { Width = 1 }, new() { Depth = 1 }, new() { Repeats = 2 },
        ];

        var totals = methods.Select(method => Terms(method).Sum(t => t.Weight * t.Value.item<float>())).ToList();

        Assert.Equal(methods.Length, totals.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e4f)]
    public void ValueAndGradientAreFiniteAtExtremes(float size)
    {
        using var scope = NewDisposeScope();
        var (loss, input) = Made(new FeatureRefinement());
        var features = input.Student.Features.Select(f => (zeros_like(f) + size).requires_grad_()).ToList();
        var logits = (tensor(new[] { 1f, -1, 0, 1, -1 }).unsqueeze(0).expand(Losses.Batch, -1) * size).detach().requires_grad_();

        var terms = loss.Compute(input with { Student = new ModelOutput(logits, features, null) });
        terms.Aggregate(zeros(1), (sum, term) => sum + term.Value).backward();

        Assert.All(terms, term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
        Assert.All(features.Skip(1).Append(logits), f => Assert.All(Numbers.Of(f.grad!), g => Assert.True(double.IsFinite(g))));
        loss.Helper!.Dispose();
    }

    [Fact]
    public void ItNeedsNoTeacher()
    {
        var method = new FeatureRefinement();

        Assert.Equal((TeacherParts.None, BatchParts.Labels, 1.0), (method.Needs, method.Uses, method.TaskWeight));
        Assert.Equal("FeatureRefinement temperature 4 alpha 2 beta 100 features True width 2 depth 2 repeats 1", method.ToString());
        Assert.Null(Losses.Refusal(method, Losses.Context(teacher: false)));
    }

    [Fact]
    public void AStudentOfOneStageIsRefused() => Assert.Equal(
        "Methods of DistillImageClassification: FeatureRefinement refines the feature maps of at least 2 stages beside the stem, and this student has "
        + "0 (stem 4×8×8), 1 (only 6×8×8): choose another student or method. (Parameter 'options')",
        Losses.Refusal(new FeatureRefinement(), With(new MapShape("stem", 4, 8, 8), new MapShape("only", 6, 8, 8))));

    [Fact]
    public void MapsThatDoNotHalveAreRefused() => Assert.Equal(
        "Methods of DistillImageClassification: FeatureRefinement needs feature maps that halve or keep their size, and this student goes from b 6×8×8 to c 6×3×3: "
        + "choose another student, image size or method. (Parameter 'options')",
        Losses.Refusal(new FeatureRefinement(), With(new("stem", 4, 8, 8), new("a", 6, 8, 8), new("b", 6, 8, 8), new("c", 6, 3, 3), new("d", 6, 2, 2))));

    public static TheoryData<string, FeatureRefinement> Wrong => new()
    {
        { "FeatureRefinement.Temperature is 0; it must be above 0.", new() { Temperature = 0 } },
        { "FeatureRefinement.Alpha is -1; it must be 0 or more.", new() { Alpha = -1 } },
        { "FeatureRefinement.Beta is NaN; it must be 0 or more.", new() { Beta = double.NaN } },
        { "FeatureRefinement.Width is 0; it must be 1 or more.", new() { Width = 0 } },
        { "FeatureRefinement.Depth is 0; it must be 1 or more.", new() { Depth = 0 } },
        { "FeatureRefinement.Repeats is 0; it must be 1 or more.", new() { Repeats = 0 } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void OptionsOutOfRangeAreFaults(string fault, FeatureRefinement method) => Assert.Equal(fault, Refusals.Of(method));

    private static LossContext With(params MapShape[] maps)
    {
        var context = Losses.Context(teacher: false);
        return context with { Student = context.Student with { Features = maps } };
    }

    private static IReadOnlyList<LossTerm> Terms(FeatureRefinement method)
    {
        var (loss, input) = Made(method);
        using var helper = loss.Helper;
        return loss.Compute(input);
    }

    /// <summary>The method's loss for the small student, and an input of random features.</summary>
    private static (DistillationLoss Loss, LossInput Input) Made(FeatureRefinement method)
    {
        var context = Losses.Context(teacher: false);
        var features = context.Student.Features.Select((map, place) => tensor(
            Numbers.Gaussian(Losses.Batch * map.Channels * map.Height * map.Width, seed: place), [Losses.Batch, map.Channels, map.Height, map.Width]).relu().requires_grad_());
        var logits = tensor(Numbers.Gaussian(Losses.Batch * Losses.Classes, seed: 9), [Losses.Batch, Losses.Classes]).requires_grad_();
        var labels = new BatchLabels(tensor(context.Labels.Select(l => (long)l).ToArray()));
        return (method.CreateLoss(context), new LossInput(new ModelOutput(logits, [.. features], null), null, labels));
    }
}
