using System.Globalization;
using Microsoft.ML.Data;

namespace Samples.ObjectDetection.Pictures;

/// <summary>A box to draw.</summary>
/// <param name="Class">Its place among the classes.</param>
/// <param name="Corners">x0 y0 x1 y1 in pixels of the image.</param>
/// <param name="Score">0…1; null for a true box.</param>
internal sealed record DrawnBox(int Class, ReadOnlyMemory<float> Corners, float? Score = null);

/// <summary>Draws an image with predicted boxes thick and true ones thin, each in its class's colour, and a legend below.</summary>
internal sealed class BoxPicture(IReadOnlyList<string> classes)
{
    // Small images are enlarged to about this, so that lines don't hide them.
    private const int LeastSide = 512;

    private const int Thick = 3, Margin = 4, Swatch = 12;
    private const int LineHeight = Lettering.Height + 2 * Margin;

    public Raster Draw(MLImage image, IEnumerable<DrawnBox> boxes)
    {
        var times = Math.Max(1, LeastSide / Math.Max(image.Width, image.Height));
        var (width, height) = (image.Width * times, image.Height * times);
        var legend = Legend(width);
        var raster = new Raster(width, height + legend.Max(entry => entry.Row + 1) * LineHeight, Colour.Dark);
        raster.Put(image, times);
        // The surest come last, over the others; true ones over all, since they are thin.
        foreach (var box in boxes.OrderBy(box => box.Score ?? float.PositiveInfinity))
            Draw(raster, box, times, height);
        raster.Fill(0, height, width, raster.Height, Colour.Dark);
        foreach (var (text, colour, x, row) in legend)
        {
            var y = height + row * LineHeight + Margin;
            if (colour is { } swatch)
                raster.Fill(x, y, x + Swatch, y + Lettering.Height, swatch);
            Lettering.Write(raster, text, colour is null ? x : x + Swatch + Margin, y, Colour.White);
        }
        return raster;
    }

    private static void Draw(Raster raster, DrawnBox box, int times, int height)
    {
        var colour = Colour.Of(box.Class);
        var (x0, y0, x1, y1) = (Edge(0), Edge(1), Edge(2), Edge(3));
        if (box.Score is not { } score)
        {
            // A white edge around the colour, so that a true box shows on a predicted one of the same class.
            raster.Frame(x0 - 1, y0 - 1, x1 + 1, y1 + 1, 1, Colour.White);
            raster.Frame(x0, y0, x1, y1, 1, colour);
            return;
        }
        raster.Frame(x0, y0, x1, y1, Thick, colour);
        var text = ((int)MathF.Round(100 * score)).ToString(CultureInfo.InvariantCulture);
        var (left, top) = (Math.Clamp(x0, 0, raster.Width - 1), Math.Clamp(y0, 0, height - Lettering.Height - 2));
        raster.Fill(left, top, left + Lettering.WidthOf(text) + 2, top + Lettering.Height + 3, colour);
        Lettering.Write(raster, text, left + 2, top + 2, Colour.Dark);

        int Edge(int place) => (int)Math.Clamp(MathF.Round(box.Corners.Span[place] * times), -raster.Width - raster.Height, 2 * (raster.Width + raster.Height));
    }

    /// <summary>What is written where: how to read the lines, then each class, as many in a row as fit.</summary>
    private List<(string Text, Colour? Colour, int X, int Row)> Legend(int width)
    {
        var entries = new List<(string, Colour?, int, int)>();
        var (x, row) = (Margin, 0);
        foreach (var (text, colour) in classes.Select((name, i) => (name, (Colour?)Colour.Of(i))).Append(("thick - predicted with percent / thin - true", null)))
        {
            var needed = Lettering.WidthOf(text) + (colour is null ? 0 : Swatch + Margin) + 2 * Margin;
            if (x > Margin && x + needed > width)
                (x, row) = (Margin, row + 1);
            entries.Add((text, colour, x, row));
            x += needed;
        }
        return entries;
    }
}
