using System.Numerics;

namespace Samples.Common.Drawing;

/// <summary>The ten classes, each as a distance to its outline: negative inside. All fit the unit circle.</summary>
internal static class Shapes
{
    /// <summary>Class names in alphabetical order, with the outline of each.</summary>
    public static readonly (string Name, Func<Vector2, float> Distance)[] All =
    [
        ("angle", p => MathF.Min(Box(p - new Vector2(-.45f, 0), .28f, .9f), Box(p - new Vector2(.15f, .62f), .85f, .28f))),
        ("bar", p => Box(p, 1, .34f)),
        ("crescent", p => MathF.Max(p.Length() - .9f, .72f - (p - new Vector2(.42f, 0)).Length())),
        ("cross", p => MathF.Min(Box(p, .95f, .3f), Box(p, .3f, .95f))),
        ("disc", p => p.Length() - .85f),
        ("hexagon", p => Polygon(p, 6, .82f)),
        ("ring", p => MathF.Abs(p.Length() - .7f) - .2f),
        ("square", p => Box(p, .75f, .75f)),
        ("star", Star),
        ("triangle", p => Polygon(p, 3, .5f)),
    ];

    public static float Box(Vector2 p, float halfWidth, float halfHeight) => MathF.Max(MathF.Abs(p.X) - halfWidth, MathF.Abs(p.Y) - halfHeight);

    /// <summary>Distance to a line segment, less half its thickness.</summary>
    public static float Line(Vector2 p, Vector2 from, Vector2 to, float halfThickness)
    {
        var along = to - from;
        var t = Math.Clamp(Vector2.Dot(p - from, along) / along.LengthSquared(), 0, 1);
        return (p - from - along * t).Length() - halfThickness;
    }

    private static float Polygon(Vector2 p, int sides, float apothem)
    {
        var distance = float.MinValue;
        for (var i = 0; i < sides; i++)
        {
            var (sin, cos) = MathF.SinCos(MathF.Tau * i / sides);
            distance = MathF.Max(distance, p.X * cos + p.Y * sin - apothem);
        }
        return distance;
    }

    private static float Star(Vector2 p)
    {
        // Five-fold and mirror symmetry leave one edge, from the tip (1, 0) to the notch between two tips.
        const float half = MathF.PI / 5;
        var angle = MathF.Atan2(p.Y, p.X);
        angle = MathF.Abs(angle - 2 * half * MathF.Round(angle / (2 * half)));
        var folded = p.Length() * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        var notch = .45f * new Vector2(MathF.Cos(half), MathF.Sin(half));
        var edge = Vector2.Normalize(notch - Vector2.UnitX);
        return Vector2.Dot(folded - Vector2.UnitX, new Vector2(edge.Y, -edge.X));
    }
}
