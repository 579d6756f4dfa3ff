using System.Numerics;

namespace Samples.Common.Drawing;

/// <summary>Paints scenes: shapes of four classes, any colour, many sizes and turns, over each other and over the edge, on a cluttered ground, with noise.</summary>
internal static class ScenePainter
{
    public const int Size = 128;

    /// <summary>Pictures of one version are the same everywhere, so that they can be kept on disk.</summary>
    public const int Version = 1;

    private const float SmallestRadius = 6, LargestRadius = 30;
    private const int FewestShapes = 2, MostShapes = 7;
    private const float MostTurn = .3f * MathF.PI;

    // A box narrower than this has nothing to be told by.
    private const int LeastSide = 5;

    // What of the smaller of two boxes may lie in the other.
    private const double MostCovered = .4;

    static ScenePainter()
    {
        var shapes = Shapes.All.Where(shape => shape.Name is "cross" or "disc" or "star" or "triangle").ToArray();
        Classes = [.. shapes.Select(shape => shape.Name)];
        Outlines = [.. shapes.Select(shape => shape.Distance)];
    }

    /// <summary>Class names in alphabetical order.</summary>
    public static IReadOnlyList<string> Classes { get; }

    /// <summary>The outline of each, as <see cref="Shapes.All"/> has it.</summary>
    public static IReadOnlyList<Func<Vector2, float>> Outlines { get; }

    /// <summary>The picture of a number; the same whenever and in whichever order they are painted.</summary>
    public static Scene Paint(ulong seed, ulong stream, ulong index)
    {
        var random = new CountedRandom(seed, stream, index);
        var canvas = new Canvas(Size);
        canvas.Fill(Brush.Texture(ref random, Brush.Colour(ref random, .1f, .5f), .35f));
        Brush.Clutter(canvas, ref random, 3 + random.Index(6), 2.5f);
        var objects = new List<SceneObject>();
        var shapes = FewestShapes + random.Index(MostShapes - FewestShapes + 1);
        for (var i = 0; i < shapes; i++)
            AddShape(canvas, ref random, objects);
        Brush.Clutter(canvas, ref random, random.Index(5), 1.8f);
        canvas.AddNoise(ref random, random.Between(.02f, .1f));
        return new Scene(canvas.ToRgba(), objects);
    }

    private static void AddShape(Canvas canvas, ref CountedRandom random, List<SceneObject> objects)
    {
        var shape = random.Index(Outlines.Count);
        // Sizes are even on a logarithmic scale.
        var radius = SmallestRadius * MathF.Pow(LargestRadius / SmallestRadius, random.Next());
        var centre = new Vector2(random.Between(.5f * radius, Size - .5f * radius), random.Between(.5f * radius, Size - .5f * radius));
        var turn = Matrix3x2.CreateRotation(random.Between(-MostTurn, MostTurn));
        var squeeze = new Vector2(1, random.Between(1, 1.4f));
        var texture = Brush.Texture(ref random, Brush.Colour(ref random, .55f, .9f), .25f);
        var opacity = random.Between(.75f, 1);
        float Distance(Vector2 place) => radius * Outlines[shape](Vector2.Transform((place - centre) / radius, turn) * squeeze);
        if (canvas.Bounds(Distance) is not { } box || Math.Min(box.X1 - box.X0, box.Y1 - box.Y0) < LeastSide || objects.Any(other => other.Covered(box) > MostCovered))
            return;
        canvas.Paint(Distance, texture, opacity);
        objects.Add(new SceneObject(shape, box));
    }
}
