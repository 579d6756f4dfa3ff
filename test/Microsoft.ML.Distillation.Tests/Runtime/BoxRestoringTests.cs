using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Runtime;

public class BoxRestoringTests
{
    [Theory]
    [InlineData(640, 480, 320, 320)]
    [InlineData(333, 500, 320, 320)]
    [InlineData(4000, 3000, 416, 416)]
    [InlineData(3, 2, 64, 64)]
    [InlineData(97, 31, 40, 24)]
    public void BoxesComeBackThroughWhatPaddingDid(int width, int height, int inputWidth, int inputHeight)
    {
        float[] onImage = [0, 0, width, height, .25f * width, .5f * height, .75f * width, .9f * height];
        var shown = new float[8];
        Letterbox.Of(width, height, inputWidth, inputHeight).ToInput(onImage, shown);

        Numbers.Within(onImage.Doubles(), Restore(width, height, inputWidth, inputHeight, shown).Doubles(), 1e-5 * Math.Max(width, height));
    }

    [Fact]
    public void SparseBoxesCountAsDense()
    {
        var target = new ImageBoxes();

        Mapping()(new LetterboxedBoxes { Size = Pair(8, 8), Input = Pair(16, 16), Boxes = new VBuffer<float>(4, 2, [6, 16], [2, 3]), Scores = new VBuffer<float>(1, [.5f]), Classes = new VBuffer<long>(1, 0, [], []) }, target);

        Assert.Equal([0, 0, 3, 8], target.Boxes.DenseValues());
        Assert.Equal([0L], target.Classes.DenseValues());
    }

    // An image of 8×4 takes up the rows 4 to 11 of 16×16.
    [Fact]
    public void BoxesInThePaddingAloneAreDroppedWithAllThatIsSaidOfThem()
    {
        var target = new ImageBoxes();
        float[] boxes = [2, 6, 10, 8, 0, 0, 16, 4, 4, 11, 8, 14, 3, 13, 9, 16, 5, 5, 5, 9];

        Mapping()(Shown(8, 4, 16, 16, boxes), target);

        Assert.Equal([1, 1, 5, 2, 2, 3.5f, 4, 4], target.Boxes.DenseValues());
        Assert.Equal([.9f, .7f], target.Scores.DenseValues());
        Assert.Equal([0L, 2], target.Classes.DenseValues());
    }

    [Fact]
    public void NothingFoundIsNothingOnTheImage() => Assert.Empty(Restore(640, 480, 320, 320, []));

    [Fact]
    public void ARowWithoutAnImageIsAnError() => Assert.Equal(
        "The row has no image, so nothing can be found on it; leave such rows out.", Assert.Throws<InvalidDataException>(() => Restore(0, 0, 8, 8, [1, 2, 3, 4])).Message);

    [Fact]
    public void TheMappingIsFoundByItsContract()
    {
        var contract = Assert.Single(typeof(BoxRestoringFactory).GetCustomAttributes(inherit: false).OfType<Transforms.CustomMappingFactoryAttributeAttribute>());

        Assert.Equal("Microsoft.ML.Distillation.BoxRestoring.2", contract.ContractName);
    }

    private static float[] Restore(int width, int height, int inputWidth, int inputHeight, float[] boxes)
    {
        var target = new ImageBoxes();
        Mapping()(Shown(width, height, inputWidth, inputHeight, boxes), target);
        return [.. target.Boxes.DenseValues()];
    }

    // Scores fall by a tenth, classes count up.
    private static LetterboxedBoxes Shown(int width, int height, int inputWidth, int inputHeight, float[] boxes)
    {
        var count = boxes.Length / 4;
        return new LetterboxedBoxes
        {
            Size = Pair(width, height), Input = Pair(inputWidth, inputHeight), Boxes = new VBuffer<float>(boxes.Length, boxes),
            Scores = new VBuffer<float>(count, [.. Enumerable.Range(0, count).Select(i => (9 - i) / 10f)]), Classes = new VBuffer<long>(count, [.. Enumerable.Range(0, count).Select(i => (long)i)]),
        };
    }

    private static Action<LetterboxedBoxes, ImageBoxes> Mapping() => new BoxRestoringFactory().GetMapping();

    private static VBuffer<long> Pair(long a, long b) => new(2, [a, b]);
}
