using Microsoft.ML.Distillation.Checkup;

namespace Microsoft.ML.Distillation.Tests.Checkup;

public class ExpectationSearchTests
{
    private const int Classes = 5, Rows = 200;
    private static readonly int[] Labels = [.. Enumerable.Range(0, Rows).Select(i => i / 2 % Classes)];
    private readonly List<(ImageNormalization?, bool)> _asked = [];

    [Fact]
    public void WhatIsRightIsNotTriedOtherwise()
    {
        Assert.Empty(Search((_, _) => Right(.96)).Run());
        Assert.Equal([(null, false)], _asked);
    }

    [Fact]
    public void WhatIsNotQuiteRightIsTriedInEveryWayOnce()
    {
        Assert.Empty(Search((_, _) => Right(.8)).Run());
        Assert.Equal(4, _asked.Count);
        Assert.Equal(4, _asked.Distinct().Count());
    }

    [Theory]
    [InlineData(.5, .9, true)]
    [InlineData(.86, .9, false)] // four points more
    [InlineData(.1, .4, false)] // more than before, and still right on too few: three times chance is .6, and half is asked for at most
    public void ABetterNormalisationIsFound(double own, double other, bool found)
    {
        var result = Search((normalization, _) => Right(normalization == ImageNormalization.Raw ? other : own)).Run();

        if (!found)
        {
            Assert.Empty(result);
            return;
        }
        var better = Assert.Single(result);
        Assert.Equal((ExpectationSearch.NormalizationCode, own, other, null, ImageNormalization.Raw), (better.Code, better.Before, better.After, better.Rival, better.Changed.Normalization));
    }

    [Fact]
    public void ChangesAddUp()
    {
        var result = Search((normalization, swapped) => Right((normalization == ImageNormalization.ZeroToOne ? .4 : .2) + (swapped ? .3 : 0) + (normalization == ImageNormalization.ZeroToOne && swapped ? .2 : 0))).Run();

        Assert.Equal([ExpectationSearch.ChannelCode, ExpectationSearch.NormalizationCode], result.Select(r => r.Code));
        Assert.Equal([.2, .5], result.Select(r => r.Before));
        Assert.Equal([.5, .9], result.Select(r => r.After));
        Assert.True(result[1].Changed is { Swapped: true, Normalization.Name: "ZeroToOne" });
    }

    [Fact]
    public void AnotherOrderIsFoundOnHalfAndJudgedOnTheOtherHalf()
    {
        var better = Assert.Single(Search((_, _) => [.. Right(.8).Select(c => (c + 2) % Classes)]).Run());

        Assert.Equal((ExpectationSearch.ClassCode, .8), (better.Code, better.After));
        Assert.Equal([2, 3, 4, 0, 1], better.Changed.Order!);
    }

    [Fact]
    public void AnOrderAndANormalisationAreFoundTogether()
    {
        var result = Search((normalization, _) => normalization == ImageNormalization.Raw ? [.. Right(.9).Select(c => (c + 1) % Classes)] : new int[Rows]).Run();

        Assert.Equal([ExpectationSearch.NormalizationCode, ExpectationSearch.ClassCode], result.Select(r => r.Code));
        Assert.All(result, r => Assert.True(r.Together));
        Assert.Equal([1, 2, 3, 4, 0], result[1].Changed.Order!);
    }

    [Fact]
    public void ARivalIsNamed()
    {
        // Two classes for one another is what swapped channels do here.
        var better = Search((_, swapped) => [.. Right(.9).Select(c => swapped || c > 1 ? c : 1 - c)]).Run()[0];

        Assert.Equal(ExpectationSearch.ChannelCode, better.Code);
        Assert.Equal(ExpectationSearch.ClassCode, better.Rival);
    }

    [Fact]
    public void WhereThereIsNoChoiceOnlyTheOrderIsLookedAt()
    {
        var search = new ExpectationSearch((_, _) => new int[Rows], Labels, Classes, [], swap: false);

        Assert.Empty(search.Run());
        Assert.Single(search.Tried);
    }

    private ExpectationSearch Search(Func<ImageNormalization?, bool, int[]> predict) => new(
        (normalization, swapped) =>
        {
            _asked.Add((normalization, swapped));
            return predict(normalization, swapped);
        },
        Labels, Classes, [ImageNormalization.ZeroToOne, ImageNormalization.Raw], swap: true);

    // Right on that share, evenly among odd and even rows; wrong evenly among the other classes.
    private static int[] Right(double share) => [.. Labels.Select((label, i) => i / 2 % 50 < Math.Round(50 * share) ? label : (label + 1 + (i / 100 + i / 2) % 4) % Classes)];
}
