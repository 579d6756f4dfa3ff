using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

/// <summary>Images read by their bytes, held against what ML.NET extracts from them.</summary>
public class ImageColumnsTests
{
    private const int Width = 7, Height = 5, Values = 3 * Width * Height;
    private static readonly MLContext _ml = new(seed: 1);

    // The second has the model's size already; the third is missing.
    [Fact]
    public void PixelsAreThoseThatMlNetExtracts()
    {
        var data = Extracted(Width, Height);
        var images = ImageColumns.Of(data.Schema, "distillation.pixels", [1, 3, Height, Width]);

        var read = Read(data, images);

        Assert.IsType<ImageDataViewType>(images.Pixels.Type);
        Assert.Equal([.. data.GetColumn<float[]>("distillation.pixels")], read);
        Assert.All(read[2], value => Assert.Equal(0, value));
        Assert.Equal(4, read.Count);
        Assert.Equal(4 * Width * Height, images.Bytes(Values));
    }

    // What a model takes is what is read, whatever other images there are.
    [Theory]
    [InlineData(6, 5, 3)]
    [InlineData(7, 5, 1)]
    public void ImagesOfAnotherSizeAreNotReadForIt(int width, int height, int colours)
    {
        var data = Extracted(Width, Height);

        var images = ImageColumns.Of(data.Schema, "distillation.pixels", [1, colours, height, width]);

        Assert.Equal(("distillation.pixels", null), (images.Pixels.Name, images.Size));
        Assert.Equal([.. data.GetColumn<float[]>("distillation.pixels")], Read(data, images));
        Assert.Equal(sizeof(float) * Values, images.Bytes(Values));
    }

    private static IDataView Extracted(int width, int height)
    {
        var data = _ml.Data.LoadFromEnumerable(new Row[] { new(11, 3, 1, MLPixelFormat.Bgra32), new(Width, Height, 2, MLPixelFormat.Rgba32), new(0, 0, 3, default), new(4, 9, 4, MLPixelFormat.Rgba32) });
        return _ml.Transforms.ResizeImages("distillation.image", width, height, nameof(Row.Image)).Append(_ml.Transforms.ExtractPixels("distillation.pixels", "distillation.image")).Fit(data).Transform(data);
    }

    private static List<float[]> Read(IDataView data, ImageColumns images)
    {
        using var cursor = data.GetRowCursor(images.All);
        using var reader = new ImageColumnsReader(cursor, images, Values);
        var (read, image) = (new List<float[]>(), new ScoredImage());
        while (cursor.MoveNext())
        {
            reader.Read(image);
            Assert.Equal(Values, image.Pixels.Length);
            read.Add(new float[Values]);
            image.Pixels.WriteTo(read[^1]);
        }
        return read;
    }

    private sealed class Row(int width, int height, int seed, MLPixelFormat format)
    {
        [AnySizeImage]
        public MLImage? Image
        {
            get
            {
                if (width == 0)
                    return null;
                var pixels = new byte[4 * width * height];
                new Random(seed).NextBytes(pixels);
                return MLImage.CreateFromPixels(width, height, format, pixels);
            }
            set => throw new NotSupportedException();
        }
    }
}
