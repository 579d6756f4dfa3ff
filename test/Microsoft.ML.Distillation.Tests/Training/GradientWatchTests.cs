using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Tests.Methods;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class GradientWatchTests
{
    private static readonly DistillationMethod[] Methods = [new Probe("A", BatchParts.None), new Probe("B", BatchParts.None), new Probe("A", BatchParts.None)];

    // The task's gradient is (3, 4); A's is 2·(1, 0) + 1·(0, 2) = (2, 2), B's (0, −10).
    [Fact]
    public void MethodsAreWeighedByTheirTermsAsTheyWillBe()
    {
        using var scope = NewDisposeScope();
        var p = Leaf();
        var watch = new GradientWatch([p], Methods, new() { Share = .5, Batches = 2 });

        watch.See(Slope(p, 3, 4), [[new("x", Slope(p, 1, 0), 0) { FullWeight = 2 }, new("y", Slope(p, 0, 2), 1)], [new("z", Slope(p, 0, -1), 10)], [new("w", tensor(1f), 1)]]);

        Assert.Equal(.5 * 5 / Math.Sqrt(8), watch.Factor(0), 1e-6);
        Assert.Equal(.5 * 5 / 10, watch.Factor(1), 1e-6);
        Assert.Equal(1, watch.Factor(2));
        Assert.Equal(["A", "A 2", "B"], watch.Factors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(watch.Factor(1), watch.Factors["B"]);
    }

    [Fact]
    public void WithoutBalancingWeightsStay()
    {
        using var scope = NewDisposeScope();
        var p = Leaf();
        var watch = new GradientWatch([p], Methods[..1], balance: null);

        watch.See(Slope(p, 3, 4), [[new("x", Slope(p, 1, 0), 1)]]);

        Assert.Equal(1, watch.Factor(0));
        Assert.Empty(watch.Factors);
    }

    [Fact]
    public void AConflictShowsInSamplesFromAllOfTraining()
    {
        using var scope = NewDisposeScope();
        var p = Leaf();
        var watch = new GradientWatch([p], Methods[..2], balance: null);
        for (var step = 0; step < 4 * GradientConflict.Interval; step++)
            See();
        Assert.Empty(watch.Findings);
        See();

        Assert.Equal([CheckupSeverity.Warning, CheckupSeverity.Info], watch.Findings.Select(f => f.Severity));
        Assert.StartsWith("On the student's last stage, A's gradient and the labels' have a mean cosine of -1.00 ± 0.00 over 5 samples of training; the method's is 2.00 times as long.", watch.Findings[0].Measured, StringComparison.Ordinal);

        void See() => watch.See(Slope(p, 3, 4), [[new("x", Slope(p, -6, -8), 1)], [new("z", Slope(p, 4, -3), 1)]]);
    }

    // The factor is that of the first batch, before any step, so that it holds for all of them.
    [Fact]
    public void ARunsTotalIsTheBalancedOne()
    {
        var settings = TrainingLoopTests.Settings with { Methods = [new KnowledgeDistillation { Alpha = .5 }], Balance = new() { Share = 2, Batches = 1 } };

        var (weights, history) = TrainingLoopTests.Train(settings);

        var factor = history.MethodFactors["KnowledgeDistillation"];
        Assert.InRange(factor, 1e-3, 1e3);
        for (var epoch = 0; epoch < 2; epoch++)
            Assert.Equal(.5 * history.Terms["task"][epoch] + .5 * factor * history.Terms["kd"][epoch], history.Terms["total"][epoch], 1e-3 * history.Terms["total"][epoch]);
        Assert.NotEqual(TrainingLoopTests.Train(settings with { Balance = null }).Weights, weights);
        Assert.NotEqual(TrainingLoopTests.Train(settings with { Balance = new() { Share = 1, Batches = 1 } }).Weights, weights);
        Assert.NotEqual(TrainingLoopTests.Train(settings with { Balance = new() { Share = 2, Batches = 3 } }).Weights, weights);
    }

    [Fact]
    public void ALongRunReportsHowItsMethodsAgree()
    {
        var history = TrainingLoopTests.Train(TrainingLoopTests.Settings with { Epochs = 41, Methods = [new KnowledgeDistillation()] }).History;

        var finding = Assert.Single(history.Findings); // 205 steps: the samples of steps 0, 50, 100, 150 and 200
        Assert.Contains("KnowledgeDistillation's gradient and the labels' have a mean cosine of ", finding.Measured, StringComparison.Ordinal);
        Assert.Contains(" over 5 samples of training", finding.Measured, StringComparison.Ordinal);
    }

    private static Tensor Leaf() => tensor(new[] { 1f, 1f }).requires_grad_();

    private static Tensor Slope(Tensor p, float x, float y) => (p * tensor(new[] { x, y })).sum();
}
