namespace Microsoft.ML.Distillation;

/// <summary>
/// Where an image comes to lie when ML.NET's <c>ResizeImages</c> pads it to another size (<c>ResizingKind.IsoPad</c>), and where boxes in one of them are in the other.
/// With s = min(W/w, H/h) in single precision for an image of w×h and an input of W×H, the image is drawn into ⌊s·w⌋×⌊s·h⌋ pixels, in the middle of the side with room,
/// from ⌊(W − s·w)/2⌋ or ⌊(H − s·h)/2⌋ on: ML.NET cuts sizes and places off to whole pixels, and so does this.
/// </summary>
/// <param name="X">The image's left edge in the input, in whole pixels.</param>
/// <param name="Y">The image's upper edge in the input, in whole pixels.</param>
/// <param name="Width">Pixels of the input that the image takes up across; 0 for one that is so much higher than wide that nothing is left of it.</param>
/// <param name="Height">Pixels of the input that the image takes up down; 0 for one that is so much wider than high that nothing is left of it.</param>
/// <param name="ImageWidth">The image's own width in pixels, at least 1.</param>
/// <param name="ImageHeight">The image's own height in pixels, at least 1.</param>
public readonly record struct Letterbox(int X, int Y, int Width, int Height, int ImageWidth, int ImageHeight)
{
    // A side of which nothing is left is taken for one pixel, so that boxes are somewhere on the image even then.
    private double Across => Math.Max(1, Width) / (double)ImageWidth;

    private double Down => Math.Max(1, Height) / (double)ImageHeight;

    /// <summary>Where an image comes to lie.</summary>
    /// <param name="imageWidth">The image's width in pixels, at least 1.</param>
    /// <param name="imageHeight">The image's height in pixels, at least 1.</param>
    /// <param name="inputWidth">The input's width in pixels, at least 1.</param>
    /// <param name="inputHeight">The input's height in pixels, at least 1.</param>
    /// <returns>The place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Letterbox Of(int imageWidth, int imageHeight, int inputWidth, int inputHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputHeight, 1);
        var (across, down) = ((float)inputWidth / imageWidth, (float)inputHeight / imageHeight);
        return down < across
            ? new((int)((inputWidth - imageWidth * down) / 2), 0, (int)(imageWidth * down), (int)(imageHeight * down), imageWidth, imageHeight)
            : new(0, (int)((inputHeight - imageHeight * across) / 2), (int)(imageWidth * across), (int)(imageHeight * across), imageWidth, imageHeight);
    }

    /// <summary>Boxes in pixels of the image, in pixels of the input.</summary>
    /// <param name="boxes">x0 y0 x1 y1 of each box, one box after another.</param>
    /// <param name="inInput">Where they go; may be <paramref name="boxes"/> itself.</param>
    /// <exception cref="ArgumentException">The numbers are not four a box, or there is no room for them.</exception>
    public void ToInput(ReadOnlySpan<float> boxes, Span<float> inInput)
    {
        Check(boxes, inInput);
        for (var i = 0; i < boxes.Length; i += 2)
        {
            inInput[i] = (float)(X + boxes[i] * Across);
            inInput[i + 1] = (float)(Y + boxes[i + 1] * Down);
        }
    }

    /// <summary>Boxes in pixels of the input, in pixels of the image; what of a box is not on the image is cut off.</summary>
    /// <param name="boxes">x0 y0 x1 y1 of each box, one box after another.</param>
    /// <param name="inImage">Where they go; may be <paramref name="boxes"/> itself.</param>
    /// <exception cref="ArgumentException">The numbers are not four a box, or there is no room for them.</exception>
    public void ToImage(ReadOnlySpan<float> boxes, Span<float> inImage)
    {
        Check(boxes, inImage);
        for (var i = 0; i < boxes.Length; i += 2)
        {
            inImage[i] = (float)Math.Clamp((boxes[i] - X) / Across, 0, ImageWidth);
            inImage[i + 1] = (float)Math.Clamp((boxes[i + 1] - Y) / Down, 0, ImageHeight);
        }
    }

    private static void Check(ReadOnlySpan<float> boxes, Span<float> target)
    {
        if (boxes.Length % 4 != 0)
            throw new ArgumentException($"There are {boxes.Length} numbers; a box has 4, x0 y0 x1 y1.", nameof(boxes));
        if (target.Length < boxes.Length)
            throw new ArgumentException($"There is room for {target.Length} numbers, and there are {boxes.Length}.", nameof(target));
    }
}
