using Samples.Common.Drawing;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class PlainScenePainterTests
{
    private static readonly Scene[] _scenes = [.. Enumerable.Range(0, 60).Select(i => PlainScenePainter.Paint(1, 1, (ulong)i))];

    [Fact]
    public void ASceneIsAFunctionOfItsNumbers()
    {
        var again = PlainScenePainter.Paint(1, 1, 17);

        Assert.Equal(_scenes[17].Pixels, again.Pixels);
        Assert.Equal(_scenes[17].Objects, again.Objects);
        Assert.NotEqual(_scenes[17].Pixels, PlainScenePainter.Paint(2, 1, 17).Pixels);
        Assert.NotEqual(_scenes[17].Pixels, PlainScenePainter.Paint(1, 2, 17).Pixels);
    }

    [Fact]
    public void EverySceneHasAFewLargeShapesOfAllClassesBesideEachOther()
    {
        Assert.All(_scenes, scene => Assert.InRange(scene.Objects.Count, 1, 4));
        Assert.Equal(Enumerable.Range(0, ScenePainter.Classes.Count), _scenes.SelectMany(scene => scene.Objects).Select(found => found.Class).Distinct().Order());
        Assert.All(_scenes.SelectMany(scene => scene.Objects), found => Assert.InRange(Math.Max(found.Box.X1 - found.Box.X0, found.Box.Y1 - found.Box.Y0), 13, 57));
        Assert.All(_scenes, scene => Assert.All(scene.Objects, one => Assert.All(scene.Objects.Where(other => other != one), other => Assert.InRange(one.Covered(other.Box), 0, .15))));
    }

    // Boxes are around what was painted: blue discs are bluer inside than out.
    [Fact]
    public void BoxesAreWhereTheColoursAre()
    {
        var disc = ScenePainter.Classes.ToList().IndexOf("disc");
        var (scene, box) = _scenes.SelectMany(scene => scene.Objects.Where(found => found.Class == disc).Select(found => (scene, found.Box))).First();
        var centre = 4 * ((box.Y0 + box.Y1) / 2 * ScenePainter.Size + (box.X0 + box.X1) / 2);

        Assert.True(scene.Pixels[centre + 2] > scene.Pixels[centre] + 100, $"{scene.Pixels[centre]} red, {scene.Pixels[centre + 2]} blue");
    }
}
