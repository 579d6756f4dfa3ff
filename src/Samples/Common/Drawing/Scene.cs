namespace Samples.Common.Drawing;

/// <summary>A drawn picture and what is in it.</summary>
/// <param name="Pixels">Red, green, blue and opacity, a byte each.</param>
internal sealed record Scene(byte[] Pixels, IReadOnlyList<SceneObject> Objects);

/// <summary>A shape in a scene.</summary>
/// <param name="Class">Its place among <see cref="ScenePainter.Classes"/>.</param>
/// <param name="Box">In pixels; of all of the shape that lies in the picture, also where others hide it.</param>
internal sealed record SceneObject(int Class, (int X0, int Y0, int X1, int Y1) Box)
{
    /// <summary>What of the smaller of the two boxes lies in the other: 0 … 1.</summary>
    public double Covered((int X0, int Y0, int X1, int Y1) other)
    {
        var width = Math.Min(Box.X1, other.X1) - Math.Max(Box.X0, other.X0);
        var height = Math.Min(Box.Y1, other.Y1) - Math.Max(Box.Y0, other.Y0);
        var smaller = Math.Min((Box.X1 - Box.X0) * (Box.Y1 - Box.Y0), (other.X1 - other.X0) * (other.Y1 - other.Y0));
        return width <= 0 || height <= 0 ? 0 : (double)(width * height) / smaller;
    }
}
