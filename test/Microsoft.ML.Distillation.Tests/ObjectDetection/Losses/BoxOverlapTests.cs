using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Losses;

public class BoxOverlapTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/box_overlap.json");

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Kinds =
        new() { ["iou"] = BoxOverlap.IoU, ["giou"] = BoxOverlap.GIoU, ["ciou"] = BoxOverlap.CIoU };

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Names() => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValueAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var kind = golden.Terms.Keys.Single();
        var (first, second) = (golden.Tensor("first", type), golden.Tensor("second", type));

        MethodChecks.Matches(golden, kind, (Kinds[kind](first, second) * golden.Tensor("weights", type)).sum(), tolerance, ("first", first), ("second", second));
    }

    [Theory]
    [InlineData("iou")]
    [InlineData("giou")]
    public void TheGradientIsTheSlopeOfTheValue(string kind) =>
        MethodChecks.GradientIsTheSlope(a => Kinds[kind](a, Goldens[0].Tensor("second", ScalarType.Float64)).square().sum(), Goldens[0].Tensors["first"]);

    // Where sides have one ratio the share α has no slope of its own, and the gradient that leaves it out is the whole one.
    [Fact]
    public void TheGradientOfCIoUIsTheSlopeWhereSidesHaveOneRatio() =>
        Slopes.Agree(a => BoxOverlap.CIoU(a, tensor(new double[] { 1, 1, 5, 3 })).sum(), [.5, .25, 3.5, 1.75], 4);

    [Theory]
    [MemberData(nameof(Names))]
    public void ABoxHasOneWithItself(string kind)
    {
        using var scope = NewDisposeScope();
        var boxes = Goldens[0].Tensor("first", ScalarType.Float32).detach();

        var (value, gradient) = MethodChecks.Of(b => Kinds[kind](b, boxes).sum(), boxes);

        Assert.Equal(boxes.shape[0], value);
        MethodChecks.Finite((value, gradient));
    }

    [Fact]
    public void BoxesApartAreTheWorseTheFartherTheyAre()
    {
        var (here, near, far) = (tensor(new float[] { 0, 0, 1, 1 }), tensor(new float[] { 2, 0, 3, 1 }), tensor(new float[] { 9, 0, 10, 1 }));

        Assert.Equal(0, BoxOverlap.IoU(here, near).item<float>());
        Assert.Equal(-1 / 3.0, BoxOverlap.GIoU(here, near).item<float>(), 6);
        Assert.Equal(-8 / 10.0, BoxOverlap.GIoU(here, far).item<float>(), 6);
        Assert.Equal(-4 / 10.0, BoxOverlap.CIoU(here, near).item<float>(), 6);
        Assert.Equal(-81 / 101.0, BoxOverlap.CIoU(here, far).item<float>(), 6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void BoxesWithoutAreaStayFinite(string kind)
    {
        using var scope = NewDisposeScope();
        var boxes = tensor(new float[] { 1, 1, 1, 1, 1, 1, 1, 5, 1, 1, 5, 1, 0, 0, 0, 0, -1e4f, -1e4f, 1e4f, 1e4f }, [5, 4]);

        foreach (var other in boxes.unbind(0))
            MethodChecks.Finite(MethodChecks.Of(b => Kinds[kind](b, other).sum(), boxes));
    }

    [Fact]
    public void AllPairsAreTheSinglePairs()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Goldens[0].Tensor("first", ScalarType.Float64).detach(), Goldens[1].Tensor("second", ScalarType.Float64).detach());

        var table = BoxOverlap.Pairwise(first, second, BoxOverlap.GIoU);

        Assert.Equal([6, 9], table.shape);
        Assert.Equal(BoxOverlap.GIoU(first[4], second[7]).item<double>(), table[4, 7].item<double>());
    }

    [Fact]
    public void CentreAndSizeBecomeCorners() =>
        Assert.Equal([1f, 3, 5, 5], BoxOverlap.FromCentre(tensor(new float[] { 3, 4, 4, 2 })).data<float>().ToArray());
}
