using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class StudentTTests
{
    // The two-sided 95 % column of the table that statistics books print.
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(4, 2.776)]
    [InlineData(5, 2.571)]
    [InlineData(6, 2.447)]
    [InlineData(7, 2.365)]
    [InlineData(8, 2.306)]
    [InlineData(9, 2.262)]
    [InlineData(10, 2.228)]
    [InlineData(20, 2.086)]
    [InlineData(30, 2.042)]
    [InlineData(60, 2.000)]
    [InlineData(100, 1.984)]
    [InlineData(120, 1.980)]
    public void IsThePrintedTable(int degrees, double t) => Assert.Equal(t, StudentT.TwoSided(.95, degrees), 5e-4);

    [Fact]
    public void IsWhatIntegrationGives() =>
        Assert.All(Golden.Read<Case[]>("reports/student_t.json"), c => Assert.Equal(1, StudentT.TwoSided(c.Confidence, c.Degrees) / c.T, 1e-11));

    // Of one and two degrees the quantile has a closed form.
    [Theory]
    [InlineData(.1)]
    [InlineData(.9)]
    [InlineData(.999)]
    public void IsTheClosedFormWhereThereIsOne(double confidence)
    {
        Assert.Equal(1, StudentT.TwoSided(confidence, 1) / Math.Tan(Math.PI * confidence / 2), 1e-12);
        Assert.Equal(1, StudentT.TwoSided(confidence, 2) / (confidence * Math.Sqrt(2 / (1 - confidence * confidence))), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void TheShareWithinAQuantileIsItsConfidence(int degrees) =>
        Assert.All([.01, .5, .95, .9999], confidence => Assert.Equal(confidence, StudentT.Share(StudentT.TwoSided(confidence, degrees), degrees), 1e-12));

    [Fact]
    public void WhatIsNoConfidenceIsAnError()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.TwoSided(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.TwoSided(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.TwoSided(.95, 0));
    }

    private sealed record Case(int Degrees, double Confidence, double T);
}
