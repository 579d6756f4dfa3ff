using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ImagePreparationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(Rows.Width, Rows.Height)]
    [InlineData(8, 8)]
    public void TrainingsBytesArePredictionsFloats(int width, int height)
    {
        var data = Rows.Decoded(_ml, "a", "b", "c");
        var preparation = new ImagePreparation(_ml, "Image", new(width, height), ImageResizingEstimator.ResizingKind.IsoCrop);

        var bytes = Pixels<byte>(data, preparation, asBytes: true);
        var floats = Pixels<float>(data, preparation, asBytes: false);

        Assert.Equal(3, bytes.Count);
        Assert.All(bytes, b => Assert.Equal(3 * width * height, b.Length));
        Assert.Equal(bytes.SelectMany(b => b).Select(b => (float)b), floats.SelectMany(f => f));
    }

    [Fact]
    public void EncodedImagesTakeADecodingStepMore()
    {
        var preparation = new ImagePreparation(_ml, "Image", new(Rows.Width, Rows.Height), ImageResizingEstimator.ResizingKind.IsoPad);

        Assert.Equal(2, preparation.Fit(Rows.Decoded(_ml, "a", "b"), asBytes: true).Count);
        Assert.Equal(4, preparation.Fit(Rows.Encoded(_ml, (Rows.Png(Rows.Planes(0)), "a")), asBytes: true).Count);
    }

    [Fact]
    public void OtherColumnsAreRefused()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new PathRow { Image = "a.png" } });
        var preparation = new ImagePreparation(_ml, "Image", new(8, 8), ImageResizingEstimator.ResizingKind.IsoCrop);

        Assert.Equal(
            "Image column 'Image' is String; an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed. (Parameter 'data')",
            Assert.Throws<ArgumentException>(() => preparation.Fit(data, asBytes: true)).Message);
        Assert.StartsWith(
            "Image column 'Picture' is not in the data; it has 'Image'.",
            Assert.Throws<ArgumentException>(() => new ImagePreparation(_ml, "Picture", new(8, 8), ImageResizingEstimator.ResizingKind.Fill).Fit(data, asBytes: true)).Message,
            StringComparison.Ordinal);
    }

    private static List<T[]> Pixels<T>(IDataView data, ImagePreparation preparation, bool asBytes)
    {
        var view = preparation.Fit(data, asBytes).Aggregate(data, (v, step) => step.Transform(v));
        using var cursor = view.GetRowCursor([view.Schema[ImagePreparation.PixelColumn]]);
        var getter = cursor.GetGetter<VBuffer<T>>(view.Schema[ImagePreparation.PixelColumn]);
        var (rows, pixels) = (new List<T[]>(), default(VBuffer<T>));
        while (cursor.MoveNext())
        {
            getter(ref pixels);
            rows.Add([.. pixels.DenseValues()]);
        }
        return rows;
    }

    private sealed class PathRow
    {
        public string Image { get; set; } = "";
    }
}
