using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class CalibrationTests
{
    [Fact]
    public void BinsAndErrorAreThoseOfThePlainCount()
    {
        var golden = ClassificationGolden.Read();
        var bins = Calibration.Bins(golden.Scores);

        Assert.Equal(golden.Bins.Select(b => (b.From, b.To, b.Images)), bins.Select(b => (b.From, b.To, b.Images)));
        Numbers.Within([.. golden.Bins.SelectMany(b => new[] { b.Confidence, b.Accuracy })], [.. bins.SelectMany(b => new[] { b.Confidence, b.Accuracy })], 1e-12);
        Assert.Equal(golden.Error, Calibration.Error(bins), 1e-12);
    }

    [Fact]
    public void AModelThatIsSureAndRightHasNoError() => Assert.Equal(0, Calibration.Error(Calibration.Bins(new ClassScores([0, 1], [1, 1], [0, 1]))));

    [Fact]
    public void AModelThatIsSureAndWrongHasAllOfIt() => Assert.Equal(1, Calibration.Error(Calibration.Bins(new ClassScores([0, 1], [1, 1], [1, 0]))));

    [Fact]
    public void ProbabilitiesFallIntoBinsOfAFifteenth()
    {
        var bins = Calibration.Bins(new ClassScores([0, 0, 0], [0, .5f, 1], [0, 0, 0]));

        Assert.Equal([(0, 1), (7, 8), (14, 15)], bins.Select(b => ((int)Math.Round(15 * b.From), (int)Math.Round(15 * b.To))));
    }
}
