using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A drawn image with its class, in every form a pipeline may want. A decoded image is made anew whenever it is asked for: transformers dispose of theirs.</summary>
internal sealed class DrawnRow(byte[] rgba, int size)
{
    private byte[]? _file;

    public string Label { get; init; } = "";

    /// <summary>The class as a number that is no index.</summary>
    public int Number { get; init; }

    /// <summary>Empty until the images are written.</summary>
    public string ImagePath { get; set; } = "";

    [AnySizeImage]
    public MLImage Image
    {
        get => MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, rgba);
        set => throw new NotSupportedException("Drawn images are read only.");
    }

    /// <summary>The bytes of the image as a PNG file.</summary>
    public byte[] Bytes => _file ??= Encode();

    /// <summary>Red, green and blue planes, 0…255: what models take.</summary>
    public float[] Planes() => [.. Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, size * size).Select(i => (float)rgba[4 * i + c]))];

    /// <summary>A row that has nothing but these bytes.</summary>
    public static DrawnRow OfBytes(byte[] bytes, string label) => new([], 0) { Label = label, _file = bytes };

    public void Save(string path)
    {
        using var image = Image;
        image.Save(path);
    }

    private byte[] Encode()
    {
        using var folder = new TemporaryFolder();
        var path = folder["image.png"];
        Save(path);
        return File.ReadAllBytes(path);
    }
}
