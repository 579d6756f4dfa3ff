using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What an augmented image is made of: one stored image or four, and how its colours change.</summary>
/// <param name="Hue">What hues are multiplied by; likewise saturation and brightness.</param>
internal sealed record AugmentationPlan(IReadOnlyList<TilePlacement> Tiles, float Hue, float Saturation, float Brightness);

/// <summary>Draws the changes to images: functions of (seed, epoch, row) alone.</summary>
/// <param name="epochs">Of the run, whose last ones are without mosaic.</param>
internal sealed class AugmentationPlanner(BoxStore boxes, ImageSize size, DetectionAugmentation augmentation, long seed, int epochs)
{
    public const int MosaicTiles = 4;

    /// <summary>The most stored images that an augmented one of this epoch is made of.</summary>
    public int Tiles(int epoch) => augmentation.Mosaic > 0 && epoch < epochs - augmentation.EpochsWithoutMosaic ? MosaicTiles : 1;

    public AugmentationPlan Plan(int epoch, int row)
    {
        // Every number is drawn whether it is used or not: an option that is switched off changes nothing about the others.
        var random = new CounterRandom(seed, RandomPurpose.Augmentation, epoch, row);
        var mosaic = random.NextDouble() < augmentation.Mosaic && Tiles(epoch) == MosaicTiles;
        var (centreX, centreY) = (Centre(size.Width, random.NextDouble()), Centre(size.Height, random.NextDouble()));
        var scale = Around(1, augmentation.Scale, ref random);
        var (placeX, placeY) = (Around(.5, augmentation.Translation, ref random), Around(.5, augmentation.Translation, ref random));
        var flip = random.NextDouble() < augmentation.HorizontalFlip;
        var (hue, saturation, brightness) = (Around(1, augmentation.Hue, ref random), Around(1, augmentation.Saturation, ref random), Around(1, augmentation.Brightness, ref random));
        var upsideDown = random.NextDouble() < augmentation.VerticalFlip;

        // The middle of the canvas goes to the drawn place.
        var canvas = mosaic ? new ImageSize(2 * size.Width, 2 * size.Height) : size;
        var (offsetX, offsetY) = (placeX * size.Width - scale * canvas.Width / 2, placeY * size.Height - scale * canvas.Height / 2);
        var view = new View(canvas, flip ? -scale : scale, flip ? size.Width - offsetX : offsetX, upsideDown ? -scale : scale, upsideDown ? size.Height - offsetY : offsetY);
        var tiles = mosaic ? Mosaic(epoch, row, centreX, centreY, view) : [Place(row, boxes.Letterbox(row).X, boxes.Letterbox(row).Y, view)];
        return new AugmentationPlan(tiles, (float)hue, (float)saturation, (float)brightness);
    }

    /// <summary>The image and three drawn ones, in an order that is drawn too, around a point of the canvas.</summary>
    private TilePlacement[] Mosaic(int epoch, int row, int centreX, int centreY, View view)
    {
        var random = new CounterRandom(seed, RandomPurpose.Companion, epoch, row);
        int[] rows = [row, random.NextInt(boxes.Count), random.NextInt(boxes.Count), random.NextInt(boxes.Count)];
        var order = random.NextPermutation(MosaicTiles);
        return [.. order.Select((drawn, corner) =>
        {
            var letterbox = boxes.Letterbox(rows[drawn]);
            return Place(rows[drawn], corner % 2 == 0 ? centreX - letterbox.Width : centreX, corner < 2 ? centreY - letterbox.Height : centreY, view);
        })];
    }

    private TilePlacement Place(int row, int x, int y, View view)
    {
        var letterbox = boxes.Letterbox(row);
        return new TilePlacement(
            row,
            AxisPlacement.Of(view.ScaleX, view.OffsetX, letterbox.X, letterbox.Width, x, view.Canvas.Width, size.Width),
            AxisPlacement.Of(view.ScaleY, view.OffsetY, letterbox.Y, letterbox.Height, y, view.Canvas.Height, size.Height));
    }

    /// <summary>A whole pixel in the middle half of twice the side.</summary>
    private static int Centre(int side, double drawn) => (int)Math.Round(side * (.5 + drawn));

    private static double Around(double middle, double reach, ref CounterRandom random) => middle + reach * (2 * random.NextDouble() - 1);

    /// <summary>How an augmented image shows its canvas: position p is seen at Scale·p + Offset.</summary>
    private readonly record struct View(ImageSize Canvas, double ScaleX, double OffsetX, double ScaleY, double OffsetY);
}
