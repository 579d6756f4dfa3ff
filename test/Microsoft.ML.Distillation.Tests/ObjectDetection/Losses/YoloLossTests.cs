using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Losses;

public class YoloLossTests
{
    private const int Images = 2;
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/yolo_loss.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var heads = golden.Levels("head", type);

        DetectionGolden.Matches(golden, Terms(golden, heads), tolerance, DetectionGolden.Named("head", heads));
    }

    // The boxes' own gradient leaves out, as published, that of CIoU's share and of the objectness's target.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheGradientOfObjectnessAndClassesIsTheSlopeOfTheValue(int index)
    {
        using var scope = NewDisposeScope();
        var heads = Goldens[index].Levels("head", ScalarType.Float64);
        var last = heads[^1].detach();
        var (boxes, rest) = (last.narrow(-1, 0, 4), last.narrow(-1, 4, 4));

        Slopes.Agree(
            moved => DetectionGolden.Total(Terms(Goldens[index], [.. heads[..^1], cat([boxes, moved], -1)])), Numbers.Of(rest), rest.shape);
    }

    [Fact]
    public void ABoxThatIsRightEverywhereCostsNothing()
    {
        using var scope = NewDisposeScope();
        var grid = Grid(Goldens[0]);
        var rows = tensor(new double[] { 0, 0, 10, 8, 26, 28 }, [1, 6]);
        // Every cell says that box: those that are too far away to, don't answer for it.
        var decoded = zeros([1, 2 * (32 + 8 + 2), 8], ScalarType.Float64);
        decoded.narrow(2, 0, 4).copy_(tensor(new double[] { 18, 18, 16, 20 }));
        var loss = new YoloLoss(new YoloLossOptions(), grid, classes: 3);

        var box = loss.Compute(YoloLogits.FromDecoded(decoded, grid, new ImageSize(64, 32)), DetectionTargets.Create(rows, 1, CPU))[0];

        Assert.Equal("box", box.Name);
        Assert.InRange(box.Value.item<double>(), 0, 1e-9);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var heads = Goldens[0].Levels("head", ScalarType.Float32).Select(head => (head.detach().sign() * scale).requires_grad_()).ToArray();

        DetectionGolden.Finite(DetectionGolden.Total(Terms(Goldens[0], heads)), heads);
    }

    [Fact]
    public void TheOrderOfObjectsChangesNothing()
    {
        using var scope = NewDisposeScope();
        var heads = Goldens[0].Levels("head", ScalarType.Float64);
        var loss = new YoloLoss(new YoloLossOptions(), Grid(Goldens[0]), classes: 3);
        var rows = Goldens[0].Tensor("targets", ScalarType.Float64);

        var one = loss.Compute(heads, DetectionTargets.Create(rows, Images, CPU)).Select(term => term.Value.item<double>());
        var other = loss.Compute(heads, DetectionTargets.Create(rows.flip(0), Images, CPU)).Select(term => term.Value.item<double>());

        Numbers.Close(one, other, 1e-14);
    }

    [Fact]
    public void WhereObjectsMeetTheBestOverlapIsTheObjectness()
    {
        var matches = new YoloMatches(
            tensor(new long[] { 3, 1, 3, 3, 0 }), zeros(5, 4), zeros(5, 2), zeros(5, ScalarType.Int64), ones(5), tensor(new float[] { 1, 1, 1, 1, 0 }));

        Assert.Equal([0f, .5f, 0, .9f], matches.LargestByCell(tensor(new[] { .2f, .5f, .9f, .4f, 1f }), 4).data<float>().ToArray());
    }

    [Fact]
    public void AnObjectIsMatchedInItsOwnCellAndTheTwoNearest()
    {
        var level = new AnchorLevel(8, [(8, 8)]);
        var targets = DetectionTargets.Create(tensor(new[] { 1, 0, 18 - 4f, 22 - 4, 18 + 4, 22 + 4 }, [1, 6]), 2, CPU);

        var matches = YoloMatches.Find(targets, level, height: 4, width: 5, threshold: 4);

        // The centre is at (2.25, 2.75): the cells (2, 2), (1, 2) to the left and (2, 3) below, of the second image of 20 cells.
        Assert.Equal([20 + 12L, 20 + 11, 20 + 17], matches.Cell[matches.Mask.gt(0)].data<long>().ToArray());
        Assert.Equal([.25f, .75f, 1, 1, 1.25f, .75f, 1, 1, .25f, -.25f, 1, 1], matches.Boxes[matches.Mask.gt(0)].data<float>().ToArray());
    }

    [Fact]
    public void GainsScaleWithLevelsClassesAndPixels()
    {
        Near(.05, 1, .5, new YoloLossOptions().Gains.For(3, 80, 640 * 640));
        Near(.1, .5, .0625, new YoloGains(.1, 1, .5).For(3, 10, 640 * 320));
        Near(.075, .75, .375, new YoloGains(.1, 1, .5).For(4, 80, 640 * 640));

        static void Near(double box, double objectness, double classes, YoloGains gains) =>
            Numbers.Within([box, objectness, classes], [gains.Box, gains.Objectness, gains.Class], 1e-15);
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Null(Fault(new YoloLossOptions()));
        Assert.Equal("YoloLoss box 0.05 objectness 1 class 0.5 smoothing 0 threshold 4", new YoloLossOptions().ToString());
        var message = Fault(new YoloLossOptions { BoxGain = -1, ObjectnessGain = double.NaN, ClassGain = -2, LabelSmoothing = 1, AnchorThreshold = 1 })!;
        Assert.Contains("5 faults", message, StringComparison.Ordinal);
        Assert.Contains("YoloLossOptions.BoxGain is -1; it must be 0 or more.", message, StringComparison.Ordinal);
        Assert.Contains("YoloLossOptions.LabelSmoothing is 1; it must be 0 or more and below 1.", message, StringComparison.Ordinal);
        Assert.Contains("YoloLossOptions.AnchorThreshold is 1; it must be above 1.", message, StringComparison.Ordinal);
    }

    private static string? Fault(YoloLossOptions options)
    {
        var faults = new Faults("x");
        options.Validate(faults);
        return Record.Exception(() => faults.ThrowIfAny("p"))?.Message;
    }

    private static IReadOnlyList<LossTerm> Terms(MethodGolden golden, IReadOnlyList<Tensor> heads)
    {
        var options = new YoloLossOptions { LabelSmoothing = golden.Options["smoothing"], AnchorThreshold = golden.Options["threshold"] };
        return new YoloLoss(options, Grid(golden), (int)golden.Options["classes"]).Compute(heads, golden.Targets(Images));
    }

    private static AnchorGrid Grid(MethodGolden golden)
    {
        var sizes = golden.Tensors["anchors"].Values.Chunk(2).Select(side => (side[0], side[1])).Chunk(2);
        return new AnchorGrid([.. sizes.Zip([8, 16, 32], (anchors, stride) => new AnchorLevel(stride, anchors))]);
    }
}
