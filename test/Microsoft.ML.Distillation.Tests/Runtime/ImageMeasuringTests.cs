using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.Packages;

namespace Microsoft.ML.Distillation.Tests.Runtime;

public class ImageMeasuringTests
{
    [Fact]
    public void AnImageKeepsItselfAndGetsItsSize()
    {
        using var image = ImageRows.Paint(7, 3, (_, _) => (1, 2, 3));
        var measured = new MeasuredImage();

        new ImageMeasuringFactory().GetMapping()(new DecodedImage { Image = image }, measured);

        Assert.Same(image, measured.Image);
        Assert.Equal([7, 3], measured.Size.DenseValues());
    }

    [Fact]
    public void NoImageHasNoSize()
    {
        var measured = new MeasuredImage();

        new ImageMeasuringFactory().GetMapping()(new DecodedImage(), measured);

        Assert.Null(measured.Image);
        Assert.Equal([0, 0], measured.Size.DenseValues());
    }

    [Fact]
    public void TheMappingIsFoundByItsContract()
    {
        var contract = Assert.Single(typeof(ImageMeasuringFactory).GetCustomAttributes(inherit: false).OfType<Transforms.CustomMappingFactoryAttributeAttribute>());

        Assert.Equal("Microsoft.ML.Distillation.ImageMeasuring", contract.ContractName);
    }

    [Fact]
    public void ItHasColumnsOfItsOwn()
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new DecodedImage { Image = ImageRows.Paint(5, 4, (_, _) => (9, 9, 9)) }]);

        var schema = ImageMeasuring.Create(ml).Fit(data).Transform(data).Schema;

        Assert.Equal(["distillation.image", "distillation.measured", "distillation.size"], schema.Select(c => c.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Int64, 2), schema["distillation.size"].Type);
    }
}
