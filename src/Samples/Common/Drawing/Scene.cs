namespace Samples.Common.Drawing;

/// <summary>A drawn picture and what is in it.</summary>
/// <param name="Pixels">Red, green, blue and opacity, a byte each.</param>
internal sealed record Scene(byte[] Pixels, IReadOnlyList<SceneObject> Objects);

/// <summary>A shape in a scene.</summary>
/// <param name="Class">Its place among <see cref="ScenePainter.Classes"/>.</param>
/// <param name="Box">In pixels; of all of the shape that lies in the picture, also where others hide it.</param>
internal sealed record SceneObject(int Class, (int X0, int Y0, int X1, int Y1) Box);
