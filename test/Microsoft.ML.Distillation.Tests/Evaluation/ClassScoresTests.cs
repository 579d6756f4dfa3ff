using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class ClassScoresTests
{
    [Fact]
    public void ConfusionAndAccuracyAreThoseOfThePlainCount()
    {
        var golden = ClassificationGolden.Read();

        Assert.Equal(golden.Confusion, golden.Scores.Confusion(golden.Classes.Length));
        Assert.Equal(golden.Accuracy, golden.Scores.Accuracy, 1e-15);
    }

    [Fact]
    public void AgreementIsOfPredictionsAndNotOfLabels()
    {
        var scores = new ClassScores([0, 1, 2, 2], [1, 1, 1, 1], [0, 0, 0, 0]);

        Assert.Equal(1, scores.Agreement(scores));
        Assert.Equal(.25, scores.Agreement(new ClassScores([1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0])));
    }

    [Fact]
    public void TheWorstMistakesAreTheMostConfidentOnes()
    {
        var scores = new ClassScores([0, 1, 1, 1, 1], [.99f, .6f, .8f, .6f, .3f], [0, 0, 0, 0, 0]);

        Assert.Equal([2, 1, 3], scores.WorstMistakes(3));
        Assert.Equal([2, 1, 3, 4], scores.WorstMistakes(9));
    }
}
