using System;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Says of a property of type <see cref="MLImage"/> that its images have this size.</summary>
public sealed class ImageTypeAttribute : DataViewTypeAttribute
{
    internal int Height { get; }

    internal int Width { get; }

    public ImageTypeAttribute()
    {
    }

    public ImageTypeAttribute(int height, int width)
    {
        if (width <= 0)
            throw new ArgumentOutOfRangeException(nameof(width), width, "An image's width must be positive.");
        if (height <= 0)
            throw new ArgumentOutOfRangeException(nameof(height), height, "An image's height must be positive.");
        Height = height;
        Width = width;
    }

    public override bool Equals(DataViewTypeAttribute other) =>
        other is ImageTypeAttribute image && image.Height == Height && image.Width == Width;

    public override int GetHashCode() => HashCode.Combine(Height, Width);

    /// <remarks>Without a size this throws, as the real package's does: an image type of no size can't be made from one.</remarks>
    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(Height, Width), typeof(MLImage), this);
}
