using System;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Image;

/// <summary>The type of a column of images; with height and width 0, of images of any size.</summary>
public sealed class ImageDataViewType : StructuredDataViewType
{
    private const int MaxPixels = int.MaxValue / 4;

    public readonly int Height;
    public readonly int Width;

    public ImageDataViewType()
        : base(typeof(MLImage))
    {
    }

    public ImageDataViewType(int height, int width)
        : base(typeof(MLImage))
    {
        if (height <= 0)
            throw new ArgumentOutOfRangeException(nameof(height), height, "An image's height must be positive.");
        if (width <= 0)
            throw new ArgumentOutOfRangeException(nameof(width), width, "An image's width must be positive.");
        if ((long)height * width > MaxPixels)
            throw new ArgumentOutOfRangeException(nameof(height), height, $"{nameof(height)} * {nameof(width)} must not exceed {MaxPixels}.");
        Height = height;
        Width = width;
    }

    public override bool Equals(DataViewType other) => other is ImageDataViewType image && image.Height == Height && image.Width == Width;

    public override int GetHashCode() => HashCode.Combine(Height, Width);

    public override string ToString() => Height == 0 && Width == 0 ? "Image" : $"Image<{Height}, {Width}>";
}
