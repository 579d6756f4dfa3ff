using System.Numerics;

namespace Samples.Common.Drawing;

/// <summary>What drawn pictures are made of, but for the shapes: colours, textures, clutter.</summary>
internal static class Brush
{
    /// <summary>Lines and blobs of any colour, under a shape or over it.</summary>
    public static void Clutter(Canvas canvas, ref CountedRandom random, int count, float thickness)
    {
        for (var i = 0; i < count; i++)
        {
            var from = Place(canvas, ref random);
            var to = random.Next() < .5f ? Place(canvas, ref random) : from + new Vector2(random.Between(.1f, 3), random.Between(.1f, 3));
            var half = random.Between(.4f, thickness);
            var colour = Colour(ref random, .1f, .9f);
            canvas.Paint(place => Shapes.Line(place, from, to, half), _ => colour, random.Between(.5f, 1));
        }
    }

    /// <summary>A colour that waves along a random direction.</summary>
    public static Func<Vector2, Vector3> Texture(ref CountedRandom random, Vector3 colour, float strength)
    {
        var (sin, cos) = MathF.SinCos(random.Between(0, MathF.Tau));
        var wave = random.Between(.05f, 1.2f) * new Vector2(cos, sin);
        var phase = random.Between(0, MathF.Tau);
        var change = strength * random.Next() * (Colour(ref random, 0, 1) - new Vector3(.5f));
        return place => colour + change * MathF.Sin(Vector2.Dot(place, wave) + phase);
    }

    /// <summary>A grey of some lightness, and any tint.</summary>
    public static Vector3 Colour(ref CountedRandom random, float darkest, float lightest)
    {
        var tint = new Vector3(random.Next(), random.Next(), random.Next());
        var grey = (tint.X + tint.Y + tint.Z) / 3;
        return new Vector3(random.Between(darkest, lightest)) + .6f * (tint - new Vector3(grey));
    }

    private static Vector2 Place(Canvas canvas, ref CountedRandom random) => new(random.Between(0, canvas.Size), random.Between(0, canvas.Size));
}
