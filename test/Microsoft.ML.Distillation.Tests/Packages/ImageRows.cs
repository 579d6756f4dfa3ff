using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>Rows with images in memory, and how the tests of the image packages read columns.</summary>
internal static class ImageRows
{
    internal static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "goldens", name);

    /// <summary>The values of one column, each read while its row is the current one.</summary>
    internal static T[] Column<TRow, T>(MLContext ml, IDataView data, Func<TRow, T> select) where TRow : class, new() =>
        [.. ml.Data.CreateEnumerable<TRow>(data, reuseRowObject: false).Select(select)];

    /// <summary>An opaque image with a colour (red, green, blue) at each pixel.</summary>
    internal static MLImage Paint(int width, int height, Func<int, int, (int R, int G, int B)> colour, MLPixelFormat format = MLPixelFormat.Bgra32)
    {
        var pixels = new byte[width * height * 4];
        int red = format == MLPixelFormat.Rgba32 ? 0 : 2;
        for (int i = 0; i < width * height; i++)
        {
            var (r, g, b) = colour(i % width, i / width);
            pixels[4 * i + red] = (byte)r;
            pixels[4 * i + 1] = (byte)g;
            pixels[4 * i + 2 - red] = (byte)b;
            pixels[4 * i + 3] = 255;
        }
        return MLImage.CreateFromPixels(width, height, format, pixels);
    }

    internal static (int R, int G, int B) At(MLImage image, int x, int y)
    {
        int red = image.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2, i = 4 * (y * image.Width + x);
        return (image.Pixels[i + red], image.Pixels[i + 1], image.Pixels[i + 2 - red]);
    }

    internal static void AssertNear((int R, int G, int B) expected, (int R, int G, int B) actual, int tolerance, string where = "")
    {
        int difference = Math.Max(Math.Abs(expected.R - actual.R), Math.Max(Math.Abs(expected.G - actual.G), Math.Abs(expected.B - actual.B)));
        Assert.True(difference <= tolerance, $"{where}: expected {expected} within {tolerance}, got {actual}");
    }

    /// <summary>For properties that hold images of any size; ML.NET's own attribute needs a size.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    internal sealed class AnyImageAttribute : DataViewTypeAttribute
    {
        public override bool Equals(DataViewTypeAttribute? other) => other is AnyImageAttribute;

        public override int GetHashCode() => typeof(AnyImageAttribute).GetHashCode();

        public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
    }

    internal sealed class AnyImageRow
    {
        [AnyImage]
        public MLImage? Image { get; set; }
    }
}
