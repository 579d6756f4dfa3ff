using Microsoft.ML.Distillation.Checkup;

namespace Microsoft.ML.Distillation.Tests.Checkup;

public class EvidenceTests
{
    // Of 100 rows: better by more than 5, and by more than three times the root of those that differ.
    [Theory]
    [InlineData(10, 0, true)] // 10 > max(5, 9.49)
    [InlineData(9, 0, false)] // 9 is three times the root of 9, and no more
    [InlineData(20, 4, true)] // 16 > 14.7
    [InlineData(20, 6, false)] // 14 < 15.3
    [InlineData(0, 0, false)]
    [InlineData(0, 20, false)]
    public void BetterByMoreThanChanceIsClear(int onlyBetter, int onlyWorse, bool clear)
    {
        var rows = Enumerable.Range(0, 100);

        Assert.Equal(clear, Evidence.IsClearlyBetter([.. rows.Select(i => i < onlyBetter)], [.. rows.Select(i => i >= onlyBetter && i < onlyBetter + onlyWorse)], .05));
    }

    [Fact]
    public void OfManyRowsASmallShareIsNotClear()
    {
        var rows = Enumerable.Range(0, 10_000);

        Assert.False(Evidence.IsClearlyBetter([.. rows.Select(i => i < 500)], new bool[10_000], .05));
        Assert.True(Evidence.IsClearlyBetter([.. rows.Select(i => i < 501)], new bool[10_000], .05));
    }

    // Two classes of 50: chance is .5, its deviation .05.
    [Theory]
    [InlineData(65, false)]
    [InlineData(66, true)]
    public void ChanceIsBeatenByThreeDeviations(int right, bool beats) => Assert.Equal(
        beats, Evidence.BeatsChance([.. Enumerable.Range(0, 100).Select(i => i < right)], [.. Enumerable.Range(0, 100).Select(i => i % 2)]));

    // Nine in ten are of one class: naming it always is right on 90 % and knows nothing; being right on 80 % of each knows much.
    [Fact]
    public void WhereOneClassIsMostOfTheDataTheOthersCount()
    {
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => i % 10 == 0 ? 1 : 0)];

        Assert.False(Evidence.BeatsChance([.. labels.Select(l => l == 0)], labels));
        Assert.True(Evidence.BeatsChance([.. labels.Select((_, i) => i / 10 % 5 != 0)], labels));
        Assert.Equal(.9, Evidence.LargestShare(labels), 1e-12);
    }

    // Three rows of three classes, or any number of one: not even whoever is right on all could prove it.
    [Fact]
    public void WhereNothingCanBeToldNobodyIsBlamed()
    {
        Assert.True(Evidence.BeatsChance([false, false, false], [0, 1, 2]));
        Assert.True(Evidence.BeatsChance(new bool[100], new int[100]));
        Assert.False(Evidence.BeatsChance(new bool[40], [.. Enumerable.Range(0, 40).Select(i => i % 2)]));
    }

    [Fact]
    public void GuessesAreSeldomTakenForKnowledge()
    {
        var taken = 0;
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int[] labels = [.. Enumerable.Range(0, 120).Select(_ => random.Next(6))];
            taken += Evidence.BeatsChance([.. labels.Select(l => random.Next(6) == l)], labels) ? 1 : 0;
        }
        // Either rule errs about once in 700.
        Assert.InRange(taken, 0, 5);
    }
}
