using System.Numerics;

namespace Samples.Common.Drawing;

/// <summary>Paints scenes that a detector learns in minutes on a CPU: a few large shapes beside each other on a ground without clutter, a hue for each class.</summary>
internal static class PlainScenePainter
{
    private const float SmallestRadius = 13, LargestRadius = 28;
    private const int MostShapes = 4;
    private const float MostTurn = .3f * MathF.PI;
    private const float Noise = .03f;

    // What of the smaller of two boxes may lie in the other.
    private const double MostCovered = .15;

    // In the order of the classes: red, blue, yellow, green.
    private static readonly Vector3[] _hues = [new(.9f, .3f, .25f), new(.25f, .55f, .95f), new(.95f, .85f, .3f), new(.35f, .85f, .4f)];

    /// <inheritdoc cref="ScenePainter.Paint"/>
    public static Scene Paint(ulong seed, ulong stream, ulong index)
    {
        var random = new CountedRandom(seed, stream, index);
        var canvas = new Canvas(ScenePainter.Size);
        canvas.Fill(Brush.Texture(ref random, Brush.Colour(ref random, .1f, .4f), .2f));
        var objects = new List<SceneObject>();
        var shapes = 1 + random.Index(MostShapes);
        for (var i = 0; i < shapes; i++)
            AddShape(canvas, ref random, objects);
        canvas.AddNoise(ref random, Noise);
        return new Scene(canvas.ToRgba(), objects);
    }

    private static void AddShape(Canvas canvas, ref CountedRandom random, List<SceneObject> objects)
    {
        var shape = random.Index(_hues.Length);
        var radius = random.Between(SmallestRadius, LargestRadius);
        var centre = new Vector2(random.Between(.8f * radius, canvas.Size - .8f * radius), random.Between(.8f * radius, canvas.Size - .8f * radius));
        var turn = Matrix3x2.CreateRotation(random.Between(-MostTurn, MostTurn));
        var texture = Brush.Texture(ref random, _hues[shape] + new Vector3(random.Between(-.1f, .1f)), .15f);
        float Distance(Vector2 place) => radius * ScenePainter.Outlines[shape](Vector2.Transform((place - centre) / radius, turn));
        if (canvas.Bounds(Distance) is not { } box || objects.Any(other => other.Covered(box) > MostCovered))
            return;
        canvas.Paint(Distance, texture);
        objects.Add(new SceneObject(shape, box));
    }
}
