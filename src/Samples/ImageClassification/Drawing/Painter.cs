using System.Numerics;

namespace Samples.ImageClassification.Drawing;

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
        var ground = Colour(ref random, .1f, .45f);
        canvas.Fill(Texture(ref random, ground, .3f));
        Clutter(canvas, ref random, 1 + random.Index(3), 1.2f);
        PaintShape(canvas, ref random, Shapes.All[shape].Distance);
        Clutter(canvas, ref random, random.Index(3), 1.2f);
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
        var texture = Texture(ref random, Colour(ref random, .55f, .9f), .25f);
        canvas.Paint(place => radius * outline(Vector2.Transform((place - centre) / radius, turn) * squeeze), texture, random.Between(.75f, 1));
    }

    // Lines and blobs of any colour, under the shape or over it.
    private static void Clutter(Canvas canvas, ref CountedRandom random, int count, float thickness)
    {
        for (var i = 0; i < count; i++)
        {
            var from = Place(ref random);
            var to = random.Next() < .5f ? Place(ref random) : from + new Vector2(random.Between(.1f, 3), random.Between(.1f, 3));
            var half = random.Between(.4f, thickness);
            var colour = Colour(ref random, .1f, .9f);
            canvas.Paint(place => Shapes.Line(place, from, to, half), _ => colour, random.Between(.5f, 1));
        }
    }

    // A colour that waves along a random direction.
    private static Func<Vector2, Vector3> Texture(ref CountedRandom random, Vector3 colour, float strength)
    {
        var (sin, cos) = MathF.SinCos(random.Between(0, MathF.Tau));
        var wave = random.Between(.05f, 1.2f) * new Vector2(cos, sin);
        var phase = random.Between(0, MathF.Tau);
        var change = strength * random.Next() * (Colour(ref random, 0, 1) - new Vector3(.5f));
        return place => colour + change * MathF.Sin(Vector2.Dot(place, wave) + phase);
    }

    // A grey of some lightness, and any tint.
    private static Vector3 Colour(ref CountedRandom random, float darkest, float lightest)
    {
        var tint = new Vector3(random.Next(), random.Next(), random.Next());
        var grey = (tint.X + tint.Y + tint.Z) / 3;
        return new Vector3(random.Between(darkest, lightest)) + .6f * (tint - new Vector3(grey));
    }

    private static Vector2 Place(ref CountedRandom random) => new(random.Between(0, Size), random.Between(0, Size));
}
