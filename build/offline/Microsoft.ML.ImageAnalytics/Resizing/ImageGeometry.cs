using System;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

/// <summary>Where the whole source image comes to lie in the target; the rectangle may stick out of it.</summary>
internal readonly record struct ImageGeometry(int X, int Y, int Width, int Height)
{
    /// <remarks>Single precision and truncation are the real package's, and users undo exactly them.</remarks>
    internal static ImageGeometry Place(int sourceWidth, int sourceHeight, int width, int height,
        ImageResizingEstimator.ResizingKind resizing, ImageResizingEstimator.Anchor anchor)
    {
        float across = (float)width / sourceWidth, down = (float)height / sourceHeight;
        bool pad = resizing == ImageResizingEstimator.ResizingKind.IsoPad;
        // Padding keeps the smaller of the two factors, cropping the larger; the other direction is the one with room or excess.
        bool acrossIsFree = pad == (down < across);
        float aspect = acrossIsFree ? down : across;
        int x = 0, y = 0;
        if (acrossIsFree)
            x = Offset(width - sourceWidth * aspect, pad, anchor, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right);
        else
            y = Offset(height - sourceHeight * aspect, pad, anchor, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom);
        return new ImageGeometry(x, y, (int)(sourceWidth * aspect), (int)(sourceHeight * aspect));
    }

    private static int Offset(float room, bool pad, ImageResizingEstimator.Anchor anchor,
        ImageResizingEstimator.Anchor start, ImageResizingEstimator.Anchor end) =>
        !pad && anchor == start ? 0 : !pad && anchor == end ? (int)room : (int)(room / 2);
}
