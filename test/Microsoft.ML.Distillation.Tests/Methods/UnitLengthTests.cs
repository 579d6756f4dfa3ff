using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class UnitLengthTests
{
    private static readonly double[] Values = [3, -4, 0, 12, 1e-30, -1e-30, 0, 0, 0, 1e30, 0, 0];

    [Fact]
    public void VectorsGetLengthOneWhateverTheirSizeAndZeroStaysZero()
    {
        using var scope = NewDisposeScope();
        var half = Math.Sqrt(.5);
        double[] expected = [3 / 13.0, -4 / 13.0, 0, 12 / 13.0, half, -half, 0, 0, 0, 1, 0, 0];

        Numbers.Within(expected, Numbers.Of(UnitLength.Of(tensor(Values, [3, 4]))), 1e-15);
        // In float32 the squares of 1e±30 are out of range.
        Numbers.Within(expected, Numbers.Of(UnitLength.Of(tensor(Values, [3, 4]).to(ScalarType.Float32))), 1e-7);
        Numbers.Within(new double[4], Numbers.Of(UnitLength.Of(zeros([1, 4]))), 0);
    }

    [Fact]
    public void LengthsAreEuclidsWhateverTheirSize()
    {
        using var scope = NewDisposeScope();
        var lengths = Numbers.Of(UnitLength.Length(tensor(Values, [3, 4]).to(ScalarType.Float32)));

        Numbers.Close([13], [lengths[0]], 1e-7);
        Numbers.Close([Math.Sqrt(2) * 1e-30], [lengths[1]], 1e-6);
        Numbers.Close([1e30], [lengths[2]], 1e-7);
        Assert.Equal([0], Numbers.Of(UnitLength.Length(zeros([1, 4]))));
    }

    [Fact]
    public void GradientsAreSlopes()
    {
        var at = new GoldenTensor([2, 3], [.3, -.2, .9, 1.5, .1, -.7]);
        // Weights without symmetry, so that a gradient in a wrong place shows.
        Tensor Weights() => tensor(new double[] { 1, 2, -3, .5, 4, 1 }, [2, 3]);

        MethodChecks.GradientIsTheSlope(vectors => (UnitLength.Of(vectors) * Weights()).sum(), at);
        MethodChecks.GradientIsTheSlope(vectors => (UnitLength.Length(vectors) * tensor(new double[] { 1, -2 })).sum(), at);
    }

    [Fact]
    public void ZeroVectorsHaveFiniteGradients()
    {
        using var scope = NewDisposeScope();

        MethodChecks.Finite(MethodChecks.Of(vectors => UnitLength.Of(vectors).sum(), zeros([2, 3])));
        Assert.Equal(new double[6], MethodChecks.Of(vectors => UnitLength.Length(vectors).sum(), zeros([2, 3])).Gradient);
    }
}
