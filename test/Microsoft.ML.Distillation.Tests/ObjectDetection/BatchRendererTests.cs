using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Whatever happens to an image, its boxes are where its rectangles are.</summary>
public class BatchRendererTests
{
    // Half a pixel of the bilinear edge, enlarged by at most 1.5, and half a pixel of counting.
    private const float Tolerance = 1.5f;
    private static readonly AugmentationOfATest[] Augmentations =
    [
        new("none", DetectionAugmentation.None),
        new("flip", Only(flip: 1)),
        new("upside down", Only(upsideDown: 1)),
        new("scale", Only(scale: .5)),
        new("translation", Only(translation: .4)),
        new("colours", Only(colours: true)),
        new("mosaic", Only(mosaic: 1)),
        new("mosaic of some, scale", Only(mosaic: .5, scale: .5)),
        new("flip, scale, translation", Only(flip: .5, scale: .5, translation: .1)),
        new("all", new DetectionAugmentation()),
        new("all, and upside down", new DetectionAugmentation { VerticalFlip = .5 }),
    ];

    public static TheoryData<string> Names => [.. Augmentations.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void BoxesAreWhereTheRectanglesAre(string name)
    {
        var augmentation = Augmentations.Single(a => a.Name == name).Augmentation;
        using var data = AugmentedScenes.Data(18);
        var (images, targets) = (0, 0);
        for (var seed = 0; seed < 3; seed++)
        {
            for (var epoch = 0; epoch < 4; epoch++)
            {
                var planner = new AugmentationPlanner(data.Boxes, AugmentedScenes.Size, augmentation, seed, 100);
                foreach (var image in AugmentedScenes.Epoch(data, augmentation, epoch, seed: seed))
                {
                    Check(image, Anywhere(data, planner.Plan(epoch, image.Row)));
                    (images, targets) = (images + 1, targets + image.Targets.Length);
                }
            }
        }
        Assert.Equal(216, images);
        // A mosaic shows a quarter of its canvas, so that of 4 objects about one is seen.
        Assert.InRange(targets, images * .7, images * 4.0);
    }

    [Fact]
    public void NothingIsLeftOutWhereNothingIsCut()
    {
        using var data = AugmentedScenes.Data(18);

        foreach (var augmentation in new[] { DetectionAugmentation.None, Only(flip: 1), Only(upsideDown: 1), Only(colours: true) })
            Assert.All(AugmentedScenes.Epoch(data, augmentation, 0), image => Assert.Single(image.Targets));
    }

    [Fact]
    public void WithoutAugmentationImagesAndBoxesAreTheStoredOnes()
    {
        using var data = AugmentedScenes.Data(6);
        foreach (var image in AugmentedScenes.Epoch(data, DetectionAugmentation.None, 3))
        {
            Assert.Equal(data.Pixels.Pixels(image.Row).ToArray().Select(p => (float)p), image.Planes);
            var target = Assert.Single(image.Targets);
            Assert.Equal(data.Boxes.Boxes(image.Row).ToArray(), new[] { target.X0, target.Y0, target.X1, target.Y1 });
        }
    }

    // The sampled image must equal the stored one where its plan happens to change nothing.
    [Fact]
    public void SamplingAtEveryPixelsCentreChangesNothing()
    {
        using var data = AugmentedScenes.Data(12);
        var random = new Random(3);
        for (var row = 0; row < data.Count; row++)
        {
            var letterbox = data.Boxes.Letterbox(row);
            for (var i = 0; i < data.Pixels.RowBytes; i++)
            {
                var (x, y) = (i % AugmentedScenes.Width, i / AugmentedScenes.Width % AugmentedScenes.Height);
                if (x >= letterbox.X && x < letterbox.X + letterbox.Width && y >= letterbox.Y && y < letterbox.Y + letterbox.Height)
                    Writable(data.Pixels, row)[i] = (byte)random.Next(256);
            }
        }
        var seldom = Only(flip: 1e-9);
        foreach (var image in AugmentedScenes.Epoch(data, seldom, 0))
            Numbers.Within([.. data.Pixels.Pixels(image.Row).ToArray().Select(p => (double)p)], image.Planes.Doubles(), .05);
        foreach (var image in AugmentedScenes.Epoch(data, Only(flip: 1), 0))
        {
            var mirrored = image.Planes.Chunk(AugmentedScenes.Width).SelectMany(line => line.Reverse());
            Numbers.Within([.. data.Pixels.Pixels(image.Row).ToArray().Select(p => (double)p)], mirrored.Doubles(), .05);
        }
        foreach (var image in AugmentedScenes.Epoch(data, Only(upsideDown: 1), 0))
        {
            var upright = image.Planes.Chunk(AugmentedScenes.Width * AugmentedScenes.Height).SelectMany(plane => plane.Chunk(AugmentedScenes.Width).Reverse().SelectMany(line => line));
            Numbers.Within([.. data.Pixels.Pixels(image.Row).ToArray().Select(p => (double)p)], upright.Doubles(), .05);
        }
    }

    [Fact]
    public void AnImageDependsOnSeedEpochAndRowAlone()
    {
        using var data = AugmentedScenes.Data(12);
        var augmentation = new DetectionAugmentation();

        var expected = Shown(data, augmentation, epoch: 2);

        Assert.Equal(expected, Shown(data, augmentation, epoch: 2));
        Assert.Equal(expected, Shown(data, augmentation, epoch: 2, batch: 4));
        Assert.NotEqual(expected, Shown(data, augmentation, epoch: 3));
        Assert.NotEqual(expected, Shown(data, augmentation, epoch: 2, seed: 2));
    }

    [Fact]
    public void KeptBoxesAreInsideTheImage()
    {
        using var data = AugmentedScenes.Data(6);
        Assert.All(AugmentedScenes.Epoch(data, new DetectionAugmentation(), 0), image => Assert.All(image.Targets, t =>
        {
            Assert.InRange(t.X0, 0, AugmentedScenes.Width);
            Assert.InRange(t.X1, t.X0 + 2, AugmentedScenes.Width);
            Assert.InRange(t.Y0, 0, AugmentedScenes.Height);
            Assert.InRange(t.Y1, t.Y0 + 2, AugmentedScenes.Height);
        }));
    }

    /// <param name="anywhere">What is left of all objects, also of those of which too little is.</param>
    private static void Check(Augmented image, IReadOnlyList<Target> anywhere)
    {
        Assert.Subset(anywhere.ToHashSet(), image.Targets.ToHashSet());
        for (var y = 0; y < AugmentedScenes.Height; y++)
        {
            for (var x = 0; x < AugmentedScenes.Width; x++)
            {
                var seen = image.Class(x, y);
                foreach (var box in anywhere.Where(b => b.Depth(x, y) > Tolerance))
                    Assert.True(seen == box.Class, $"Row {image.Row}, pixel ({x}, {y}): class {seen} deep inside {box}.");
                Assert.True(seen < 0 || anywhere.Any(b => b.Class == seen && b.Depth(x, y) > -Tolerance), $"Row {image.Row}, pixel ({x}, {y}): class {seen} is in none of its boxes {string.Join(", ", anywhere)}.");
            }
        }
    }

    private static List<Target> Anywhere(DetectionData data, AugmentationPlan plan)
    {
        var targets = new List<float>();
        foreach (var tile in plan.Tiles)
            tile.AddTargets(data.Boxes, 0, choosy: false, targets);
        return [.. targets.Chunk(TilePlacement.TargetLength).Select(t => new Target((int)t[1], t[2], t[3], t[4], t[5]))];
    }

    private static List<string> Shown(DetectionData data, DetectionAugmentation augmentation, int epoch, int batch = 6, long seed = 1) =>
        [.. AugmentedScenes.Epoch(data, augmentation, epoch, batch, seed).OrderBy(i => i.Row).Select(i => $"{i.Row}: {string.Join<Target>(", ", i.Targets)} {string.Join(' ', i.Planes)}")];

    private static Span<byte> Writable(PixelStore store, int row) =>
        System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(store.Pixels(row)), store.RowBytes);

    private static DetectionAugmentation Only(double flip = 0, double scale = 0, double translation = 0, bool colours = false, double mosaic = 0, double upsideDown = 0) => new()
    {
        HorizontalFlip = flip,
        VerticalFlip = upsideDown,
        Scale = scale,
        Translation = translation,
        Hue = colours ? .015 : 0,
        Saturation = colours ? .7 : 0,
        Brightness = colours ? .4 : 0,
        Mosaic = mosaic,
    };

    private sealed record AugmentationOfATest(string Name, DetectionAugmentation Augmentation);
}
