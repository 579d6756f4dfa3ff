using Samples.Common.Drawing;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class ScenePainterTests
{
    private static readonly Scene[] _scenes = [.. Enumerable.Range(0, 60).Select(i => ScenePainter.Paint(1, 1, (ulong)i))];

    [Fact]
    public void TheSameNumberGivesTheSameScene()
    {
        var again = ScenePainter.Paint(1, 1, 17);

        Assert.Equal(_scenes[17].Pixels, again.Pixels);
        Assert.Equal(_scenes[17].Objects, again.Objects);
        Assert.NotEqual(_scenes[17].Pixels, ScenePainter.Paint(2, 1, 17).Pixels);
        Assert.NotEqual(_scenes[17].Pixels, ScenePainter.Paint(1, 2, 17).Pixels);
    }

    [Fact]
    public void BoxesLieInThePicture() => Assert.All(_scenes.SelectMany(scene => scene.Objects), found =>
    {
        Assert.InRange(found.Box.X0, 0, found.Box.X1 - 5);
        Assert.InRange(found.Box.Y0, 0, found.Box.Y1 - 5);
        Assert.InRange(Math.Max(found.Box.X1, found.Box.Y1), 5, ScenePainter.Size);
    });

    [Fact]
    public void AllClassesComeInManySizesAndOverEachOther()
    {
        var all = _scenes.SelectMany(scene => scene.Objects).ToList();
        var sides = all.ConvertAll(found => Math.Max(found.Box.X1 - found.Box.X0, found.Box.Y1 - found.Box.Y0));

        Assert.Equal(["cross", "disc", "star", "triangle"], ScenePainter.Classes);
        Assert.All(Enumerable.Range(0, 4), shape => Assert.InRange(all.Count(found => found.Class == shape), all.Count / 8, all.Count / 2));
        Assert.Contains(sides, side => side < 14);
        Assert.Contains(sides, side => side > 45);
        Assert.Contains(_scenes, scene => scene.Objects.Any(a => scene.Objects.Any(b => a != b && a.Box.X0 < b.Box.X1 && b.Box.X0 < a.Box.X1 && a.Box.Y0 < b.Box.Y1 && b.Box.Y0 < a.Box.Y1)));
        Assert.InRange(all.Count / (double)_scenes.Length, 2, 6);
    }

    [Fact]
    public void TheBoxIsAroundWhatWasPainted()
    {
        // Inside a box of a shape that stands alone something lighter than around it is to be seen.
        var (lighter, seen) = (0, 0);
        foreach (var scene in _scenes.Where(scene => scene.Objects.Count == 1 || scene.Objects.Count == 2))
        {
            foreach (var found in scene.Objects)
            {
                seen++;
                lighter += Mean(scene, (x, y) => Inside(found, x, y)) > Mean(scene, (x, y) => !scene.Objects.Any(other => Inside(other, x, y))) ? 1 : 0;
            }
        }
        Assert.InRange(seen, 5, 200);
        Assert.InRange(lighter, .9 * seen, seen);
    }

    private static bool Inside(SceneObject found, int x, int y) => x >= found.Box.X0 && x < found.Box.X1 && y >= found.Box.Y0 && y < found.Box.Y1;

    private static double Mean(Scene scene, Func<int, int, bool> counts) => Enumerable.Range(0, ScenePainter.Size * ScenePainter.Size)
        .Where(i => counts(i % ScenePainter.Size, i / ScenePainter.Size)).Average(i => scene.Pixels[4 * i] + scene.Pixels[4 * i + 1] + scene.Pixels[4 * i + 2]);
}
