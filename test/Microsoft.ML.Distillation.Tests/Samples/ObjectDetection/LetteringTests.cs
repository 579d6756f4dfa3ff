using Samples.ObjectDetection.Pictures;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class LetteringTests
{
    [Fact]
    public void LettersAreToldApart()
    {
        const string letters = "0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ-_/+% ";
        Assert.Equal(letters.Length, letters.Select(letter => Written(letter.ToString())).Distinct().Count());
    }

    [Fact]
    public void AnEAsLinesMakeIt() => Assert.Equal(
        """
        #####
        #....
        #....
        #....
        #####
        #....
        #....
        #....
        #####
        """.ReplaceLineEndings("\n"), Written("e"));

    [Fact]
    public void ALetterItLacksIsABox() => Assert.Equal(Written("血"), Written("ж"));

    private static string Written(string text)
    {
        var raster = new Raster(5, Lettering.Height, Colour.Dark);
        Lettering.Write(raster, text, 0, 0, Colour.White);
        return string.Join('\n', Enumerable.Range(0, raster.Height).Select(y => string.Concat(Enumerable.Range(0, raster.Width).Select(x => raster[x, y] == Colour.White ? '#' : '.'))));
    }
}
