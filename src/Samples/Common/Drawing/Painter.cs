using System.Numerics;

namespace Samples.Common.Drawing;

/// <summary>Paints one picture of a class: a shape of any colour, place, size and turn, on a cluttered ground, partly hidden, with noise.</summary>
internal static class Painter
{
    public const int Size = 32;

    /// <summary>Pictures of one version are the same everywhere, so that they can be kept on disk.</summary>
    public const int Version = 1;

    private const float MostTurn = .3f * MathF.PI;

    public static byte[] Paint(int shape, ulong seed, ulong stream, ulong index)
    {
        var random = new CountedRandom(seed, stream, index);
        var canvas = new Canvas(Size);
        // Shapes are lighter than the ground, whatever the colours: without that little hint a small network takes very long to find them at all.
        var ground = Brush.Colour(ref random, .1f, .45f);
        canvas.Fill(Brush.Texture(ref random, ground, .3f));
        Brush.Clutter(canvas, ref random, 1 + random.Index(3), 1.2f);
        PaintShape(canvas, ref random, Shapes.All[shape].Distance);
        Brush.Clutter(canvas, ref random, random.Index(3), 1.2f);
        canvas.AddNoise(ref random, random.Between(.02f, .12f));
        return canvas.ToRgba();
    }

    private static void PaintShape(Canvas canvas, ref CountedRandom random, Func<Vector2, float> outline)
    {
        var radius = random.Between(5.5f, 12f);
        var centre = new Vector2(random.Between(11, 21), random.Between(11, 21));
        var turn = Matrix3x2.CreateRotation(random.Between(-MostTurn, MostTurn));
        // Squeezed a little along one axis: a square then is a rectangle, a disc an ellipse, and neighbours in shape get closer.
        var squeeze = new Vector2(1, random.Between(1, 1.3f));
        var texture = Brush.Texture(ref random, Brush.Colour(ref random, .55f, .9f), .25f);
        canvas.Paint(place => radius * outline(Vector2.Transform((place - centre) / radius, turn) * squeeze), texture, random.Between(.75f, 1));
    }
}
