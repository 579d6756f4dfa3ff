using Microsoft.ML.Distillation.Annotations;
using Samples.ObjectDetection.Data;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class FoldersTests
{
    [Theory]
    [InlineData("a.jpg", true)]
    [InlineData("a.WEBP", true)]
    [InlineData("a.webp", true)]
    [InlineData("a.gif", true)]
    [InlineData("a.txt", false)]
    [InlineData("webp", false)]
    public void ImagesAreThoseThatAreLoaded(string name, bool isImage)
    {
        Assert.Equal(isImage, Folders.IsImage(name));
        Assert.Equal(ImageFolder.IsImage(name), Folders.IsImage(name));
    }
}
