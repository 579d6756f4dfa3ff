using Microsoft.ML.Distillation.Tests.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Reports;

public class ClassFiguresTests
{
    [Fact]
    public void FiguresAreThoseOfThePlainCount()
    {
        var golden = ClassificationGolden.Read();
        var figures = ClassFigures.Of(golden.Confusion, ["a", "b", "c", "d", "e", "f"]);

        Assert.Equal(["a", "b", "c", "d", "e", "f"], figures.Select(f => f.Name));
        Assert.All(golden.Classes.Zip(figures), pair =>
        {
            Assert.Equal(pair.First.Support, pair.Second.Support);
            Same(pair.First.Precision, pair.Second.Precision);
            Same(pair.First.Recall, pair.Second.Recall);
            Same(pair.First.F1, pair.Second.F1);
        });
    }

    [Fact]
    public void WhatHasNoImagesAndIsNeverSaidHasNoFigures()
    {
        var none = ClassFigures.Of([[3, 0], [0, 0]], ["there", "not there"])[1];

        Assert.Equal((0, null, null, null), (none.Support, none.Precision, none.Recall, none.F1));
    }

    private static void Same(double? expected, double? actual)
    {
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected ?? 0, actual ?? 0, 1e-12);
    }
}
