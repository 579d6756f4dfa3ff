using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

/// <summary>Rows with an image and a label, as a user's data view has them.</summary>
internal static class Rows
{
    public const int Width = 5, Height = 4;

    /// <summary>Random pixels, red, green and blue planes, as the library stores them.</summary>
    public static byte[] Planes(int seed)
    {
        var planes = new byte[3 * Width * Height];
        new Random(seed).NextBytes(planes);
        return planes;
    }

    /// <summary>The planes as an image.</summary>
    public static MLImage Image(byte[] planes)
    {
        const int Area = Width * Height;
        var pixels = new byte[4 * Area];
        for (var i = 0; i < Area; i++)
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2], pixels[4 * i + 3]) = (planes[i], planes[Area + i], planes[2 * Area + i], 255);
        return MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, pixels);
    }

    /// <summary>The planes as the bytes of a PNG file.</summary>
    public static byte[] Png(byte[] planes)
    {
        using var folder = new TemporaryFolder();
        using var image = Image(planes);
        image.Save(folder["image.png"]);
        return File.ReadAllBytes(folder["image.png"]);
    }

    public static IDataView Decoded(MLContext ml, params string[] labels) => Mapped(ml, ml.Data.LoadFromEnumerable(
        labels.Select((label, i) => new DecodedRow { Image = Image(Planes(i)), Label = label })));

    public static IDataView Encoded(MLContext ml, params (byte[] Image, string Label)[] rows) => Mapped(ml, ml.Data.LoadFromEnumerable(
        rows.Select(r => new EncodedRow { Image = r.Image, Label = r.Label })));

    private static IDataView Mapped(MLContext ml, IDataView data) => ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);

    public sealed class DecodedRow
    {
        [AnySizeImage]
        public MLImage? Image { get; set; }

        public string Label { get; set; } = "";
    }

    public sealed class EncodedRow
    {
        public byte[] Image { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
