using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Losses;

public class RetinaNetLossTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/retinanet_loss.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (scores, offsets) = (golden.Levels("scores", type), golden.Levels("offsets", type));

        DetectionGolden.Matches(
            golden, Terms(golden, scores, offsets), tolerance, [.. DetectionGolden.Named("scores", scores), .. DetectionGolden.Named("offsets", offsets)]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void TheGradientIsTheSlopeOfTheValue(int index, bool byOffsets)
    {
        using var scope = NewDisposeScope();
        var (scores, offsets) = (Goldens[index].Levels("scores", ScalarType.Float64), Goldens[index].Levels("offsets", ScalarType.Float64));
        var moved = byOffsets ? offsets[1] : scores[1];

        Slopes.Agree(
            x => DetectionGolden.Total(byOffsets ? Terms(Goldens[index], scores, [offsets[0], x]) : Terms(Goldens[index], [scores[0], x], offsets)),
            Numbers.Of(moved), moved.shape);
    }

    [Theory]
    [InlineData(0, 1e4)]
    [InlineData(1, 1e4)]
    [InlineData(0, 0)]
    public void ValueAndGradientStayFinite(int index, double scale)
    {
        using var scope = NewDisposeScope();
        var (scores, offsets) = (Scaled("scores"), Scaled("offsets"));

        DetectionGolden.Finite(DetectionGolden.Total(Terms(Goldens[index], scores, offsets)), [.. scores, .. offsets]);

        Tensor[] Scaled(string name) => [.. Goldens[index].Levels(name, ScalarType.Float32).Select(x => (x.detach().sign() * scale).requires_grad_())];
    }

    [Theory]
    [InlineData(BoxLoss.L1)]
    [InlineData(BoxLoss.GIoU)]
    public void BoxesThatAreRightCostNothing(BoxLoss kind)
    {
        using var scope = NewDisposeScope();
        var anchors = tensor(new double[] { 0, 0, 16, 16, 8, 0, 24, 16 }, [2, 4]);
        var box = tensor(new double[] { 2, 1, 15, 18 });
        var rows = cat([zeros(2, ScalarType.Float64), box]).unsqueeze(0);
        var offsets = BoxOffsets.Encode(anchors, box).reshape(1, 2, 1, 1, 4);

        var terms = new RetinaNetLoss(new RetinaNetLossOptions { BoxLoss = kind }).Compute([zeros([1, 2, 1, 1, 1], ScalarType.Float64)], [offsets], anchors, DetectionTargets.Create(rows, 1, CPU));

        Assert.InRange(terms[1].Value.item<double>(), -1e-12, 1e-12);
    }

    [Fact]
    public void AConfidenceIsWhatAClassLearns()
    {
        using var scope = NewDisposeScope();
        var anchors = tensor(new float[] { 0, 0, 16, 16 }, [1, 4]);
        var scores = zeros([1, 1, 1, 1, 2]).requires_grad_();
        var rows = tensor(new[] { 0, 1, 0, 0, 16, 16, .75f }, [1, 7]);

        new RetinaNetLoss(new RetinaNetLossOptions { Gamma = 0, Alpha = .5 }).Compute([scores], [zeros([1, 1, 1, 1, 4])], anchors, DetectionTargets.Create(rows, 1, CPU))[0].Value.backward();

        // Half of the cross-entropy's gradient, probability less target.
        Assert.Equal([.25f, -.125f], scores.grad!.data<float>().ToArray());
    }

    [Fact]
    public void OffsetsAreWhatTheyWereMadeOf()
    {
        var (anchors, boxes) = (tensor(new double[] { 0, 0, 16, 16, 8, 0, 24, 32 }, [2, 4]), tensor(new double[] { 4, 4, 8, 12, -3, 1, 30, 5 }, [2, 4]));

        Assert.Equal([-.125, 0, Math.Log(.25), Math.Log(.5)], Numbers.Of(BoxOffsets.Encode(anchors, boxes))[..4]);
        Numbers.Close(Numbers.Of(boxes), Numbers.Of(BoxOffsets.Decode(anchors, BoxOffsets.Encode(anchors, boxes))), 1e-14);
    }

    [Fact]
    public void AtGammaZeroTheFocalLossIsTheWeightedCrossEntropy()
    {
        var (logits, targets) = (tensor(new double[] { -2, 0, 3, 1e4, -1e4 }), tensor(new double[] { 1, 0, 1, 0, 1 }));
        var plain = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None) * tensor(new[] { .25, .75, .25, .75, .25 });

        Numbers.Close(Numbers.Of(plain), Numbers.Of(FocalLoss.Elementwise(logits, targets, .25, 0)), 1e-15);
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Null(Fault(new RetinaNetLossOptions()));
        Assert.Equal("RetinaNetLoss alpha 0.25 gamma 2 foreground 0.5 background 0.4 low quality True box L1 weight 1", new RetinaNetLossOptions().ToString());
        var message = Fault(new RetinaNetLossOptions { Alpha = 2, Gamma = .5, ForegroundIoU = 0, BackgroundIoU = .1, BoxLoss = (BoxLoss)7, BoxWeight = -1 })!;
        Assert.Contains("6 faults", message, StringComparison.Ordinal);
        Assert.Contains("RetinaNetLossOptions.Alpha is 2; it must be 0…1.", message, StringComparison.Ordinal);
        Assert.Contains("RetinaNetLossOptions.Gamma is 0.5; it must be 0, or 1 or more.", message, StringComparison.Ordinal);
        Assert.Contains("RetinaNetLossOptions.BackgroundIoU is 0.1; it must be 0 or more and at most ForegroundIoU, which is 0.", message, StringComparison.Ordinal);
    }

    private static string? Fault(RetinaNetLossOptions options)
    {
        var faults = new Faults("x");
        options.Validate(faults);
        return Record.Exception(() => faults.ThrowIfAny("p"))?.Message;
    }

    private static IReadOnlyList<LossTerm> Terms(MethodGolden golden, IReadOnlyList<Tensor> scores, IReadOnlyList<Tensor> offsets)
    {
        var options = new RetinaNetLossOptions
        {
            Gamma = golden.Options["gamma"], BoxLoss = golden.Options["giou"] == 1 ? BoxLoss.GIoU : BoxLoss.L1, LowQualityMatches = golden.Options["lowQuality"] == 1,
        };
        return new RetinaNetLoss(options).Compute(scores, offsets, golden.Tensor("anchors", ScalarType.Float64), golden.Targets((int)golden.Options["images"]));
    }
}
