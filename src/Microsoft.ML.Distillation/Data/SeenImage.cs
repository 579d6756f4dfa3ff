using Microsoft.ML.Distillation.Headers;

namespace Microsoft.ML.Distillation.Data;

/// <summary>What was seen of a cursor's present image on its way in.</summary>
internal sealed class SeenImage
{
    /// <summary>The file it came from; null where it doesn't tell.</summary>
    public string? File { get; set; }

    public int Orientation { get; private set; } = Exif.Upright;

    public bool Animated { get; private set; }

    public void Clear() => (File, Orientation, Animated) = (null, Exif.Upright, false);

    public void Note(ImageHeader header) => (Orientation, Animated) = (header.Orientation, header.Animated);
}
