using Microsoft.ML.Distillation.Tests.Documents.Snippets;
using Microsoft.ML.Distillation.Tests.Methods;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Documents;

/// <summary>The method that CONTRIBUTING.md adds as its example is a good one.</summary>
public class LogitMatchingTests
{
    [Fact]
    public void ItIsHalfTheSquaredDistanceOfTheMeanImage()
    {
        using var scope = NewDisposeScope();
        var (value, gradient) = MethodChecks.Of(s => LogitMatching.Distance(s, tensor(new double[,] { { 1, 0 }, { 0, 0 } })), tensor(new double[,] { { 3, 0 }, { 0, -1 } }));

        Assert.Equal((4 + 1) / 4.0, value);
        Assert.Equal([1, 0, 0, -.5], gradient);
    }

    [Fact]
    public void AStudentLearnsTheLogits() => Assert.True(Losses.Train(new LogitMatching()).Share < .7);

    [Fact]
    public void ANegativeWeightIsAFault() =>
        Assert.Equal("x: LogitMatching.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new LogitMatching { Weight = -1 }));
}
