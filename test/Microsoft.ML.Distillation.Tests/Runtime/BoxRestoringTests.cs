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

        Mapping()(new LetterboxedBoxes { Size = Pair(8, 8), Input = Pair(16, 16), Boxes = new VBuffer<float>(4, 2, [6, 16], [2, 3]) }, target);

        Assert.Equal([0, 0, 3, 8], target.Boxes.DenseValues());
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

        Assert.Equal("Microsoft.ML.Distillation.BoxRestoring", contract.ContractName);
    }

    private static float[] Restore(int width, int height, int inputWidth, int inputHeight, float[] boxes)
    {
        var target = new ImageBoxes();
        Mapping()(new LetterboxedBoxes { Size = Pair(width, height), Input = Pair(inputWidth, inputHeight), Boxes = new VBuffer<float>(boxes.Length, boxes) }, target);
        return [.. target.Boxes.DenseValues()];
    }

    private static Action<LetterboxedBoxes, ImageBoxes> Mapping() => new BoxRestoringFactory().GetMapping();

    private static VBuffer<long> Pair(long a, long b) => new(2, [a, b]);
}
