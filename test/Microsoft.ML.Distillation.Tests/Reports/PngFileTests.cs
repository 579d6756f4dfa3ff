using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.Reports;

public class PngFileTests
{
    [Fact]
    public void PixelsComeBackAndNoFileStays()
    {
        using var folder = new TemporaryFolder();
        // Red, green and blue planes of two pixels; what is no byte is cut off.
        var png = PngFile.Encode([300, 1, 2, -5, 3.4f, 254.6f], new ImageSize(2, 1), folder.Path);

        using var image = MLImage.CreateFromStream(new MemoryStream(png));
        Assert.Equal((2, 1), (image.Width, image.Height));
        Assert.Equal([3, 2, 255, 255, 0, 1], image.GetBGRPixels);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
