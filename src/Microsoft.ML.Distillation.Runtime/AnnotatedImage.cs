namespace Microsoft.ML.Distillation;

/// <summary>An image with the objects in it: a row of what <see cref="AnnotationLoadingExtensions"/> load.</summary>
public sealed class AnnotatedImage
{
    /// <summary>The full path of the image file, for <c>LoadImages("Image", "", "ImagePath")</c>.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>The class of each object, for <c>MapValueToKey("Label")</c>; empty for an image without objects.</summary>
    public string[] Label { get; set; } = [];

    /// <summary>x0 y0 x1 y1 of each object, in pixels of the image as it is in its file: from 0 at its left and upper edge to its width and height.</summary>
    public float[] BoundingBoxes { get; set; } = [];

    /// <summary>The area of each object in square pixels: of its outline where COCO's file gives it, else of its box.</summary>
    public float[] Area { get; set; } = [];

    /// <summary>Whether the box of each holds a crowd rather than one object; only COCO's files mark that.</summary>
    public bool[] IsCrowd { get; set; } = [];

    /// <summary>Pixels; 0 where the annotations don't tell.</summary>
    public int Width { get; set; }

    /// <summary>Pixels; 0 where the annotations don't tell.</summary>
    public int Height { get; set; }
}
