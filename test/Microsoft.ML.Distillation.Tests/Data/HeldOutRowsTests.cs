using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class HeldOutRowsTests
{
    private static readonly ImageSize Size = new(8, 8);

    [Theory]
    [InlineData(.05, 0, 4)]
    [InlineData(.1, 1, 7)]
    [InlineData(.25, 2, 18)]
    [InlineData(.5, 5, 35)]
    [InlineData(.99, 9, 63)]
    public void EachClassGivesItsShare(double fraction, int ofTen, int ofAll)
    {
        using var store = Stores.Numbered(70, Size);

        var (training, validation) = HeldOutRows.Split(store, fraction, seed: 1);

        Assert.Equal((70 - ofAll, ofAll), (training.Count, validation.Count));
        Assert.All(Enumerable.Range(0, 7), label => Assert.InRange(validation.Labels.Count(l => l == label), ofTen, ofAll == 7 * ofTen ? ofTen : ofTen + 1));
        Assert.Equal(Enumerable.Range(0, 70), Numbers(training).Concat(Numbers(validation)).Order());
    }

    [Fact]
    public void WhichRowsIsAMatterOfTheSeed()
    {
        using var store = Stores.Numbered(70, Size);

        var first = Numbers(HeldOutRows.Split(store, .25, seed: 1).Validation);

        Assert.Equal(first, Numbers(HeldOutRows.Split(store, .25, seed: 1).Validation));
        Assert.NotEqual(first, Numbers(HeldOutRows.Split(store, .25, seed: 2).Validation));
    }

    // More rows of one class change nothing for the others.
    [Fact]
    public void ARowsFateIsItsOwnClasss()
    {
        using var few = Stores.Numbered(63, Size);
        using var more = new PixelStore(Size, long.MaxValue, "");
        for (var row = 0; row < 63; row++)
            more.Add(few.Labels[row]);
        for (var row = 0; row < 9; row++)
            more.Add(6);

        var (before, after) = (HeldOutRows.Split(few, 1 / 3.0, seed: 1).Validation, HeldOutRows.Split(more, 1 / 3.0, seed: 1).Validation);

        Assert.Equal(Places(before, 0), Places(after, 0));
        Assert.Equal(3, Places(before, 6).Count);
        Assert.Equal(6, Places(after, 6).Count);
    }

    [Fact]
    public void AShareOfLessThanARowIsRefused()
    {
        using var store = Stores.Numbered(21, Size);

        Assert.Equal(
            "ValidationFraction is 0.02, which of 21 training images is less than one; raise it, or give a ValidationSet.",
            Assert.Throws<InvalidDataException>(() => HeldOutRows.Split(store, .02, seed: 1)).Message);
    }

    [Fact]
    public void RowsOfAPartAreThoseOfTheWhole()
    {
        using var store = Stores.Numbered(20, Size);
        var part = store.Only([3, 5, 19]);
        var partOfPart = part.Only([2, 0]);

        Assert.Equal([19, 3], Numbers(partOfPart));
        Assert.Equal([5, 3], partOfPart.Labels);
        Assert.Equal([19, 3], Enumerable.Range(0, 2).Select(partOfPart.Place));
        Assert.Equal(7, store.Place(7));
        Assert.True(partOfPart.HasLabels);
    }

    private static List<int> Places(PixelStore part, int label) => [.. Enumerable.Range(0, part.Count).Where(row => part.Labels[row] == label).Select(part.Place)];

    private static List<int> Numbers(PixelStore store) => [.. Enumerable.Range(0, store.Count).Select(row => Stores.NumberOf(store.Pixels(row)))];
}
