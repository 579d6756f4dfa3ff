using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>An image that is read when it is asked for, and the objects on it.</summary>
internal sealed class BoxedRow(string path, IReadOnlyList<ObjectBox> boxes)
{
    public byte[] Image => File.ReadAllBytes(path);

    public string[] Label { get; } = [.. boxes.Select(box => box.Label)];

    /// <summary>x0 y0 x1 y1 of each, in pixels.</summary>
    public float[] BoundingBoxes { get; } = [.. boxes.SelectMany(box => new[] { (float)box.X0, (float)box.Y0, (float)box.X1, (float)box.Y1 })];
}
