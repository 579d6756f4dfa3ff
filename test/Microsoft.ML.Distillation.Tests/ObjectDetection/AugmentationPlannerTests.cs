using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class AugmentationPlannerTests
{
    [Fact]
    public void TheLastEpochsAreWithoutMosaic()
    {
        using var data = AugmentedScenes.Data(9);
        var planner = Planner(data, new() { EpochsWithoutMosaic = 3 }, epochs: 8);

        Assert.Equal([4, 4, 4, 4, 4, 1, 1, 1], Enumerable.Range(0, 8).Select(planner.Tiles));
        Assert.Equal([4, 4, 4, 4, 4, 1, 1, 1], Enumerable.Range(0, 8).Select(e => planner.Plan(e, 2).Tiles.Count));
        Assert.Equal(1, Planner(data, new() { Mosaic = 0 }, epochs: 80).Tiles(0));
    }

    [Fact]
    public void AMosaicHoldsItsOwnRowAndAnyOthersAtAnyCorner()
    {
        using var data = AugmentedScenes.Data(9);
        var planner = Planner(data, new());
        var plans = Enumerable.Range(0, 60).Select(epoch => planner.Plan(epoch, 4)).ToList();

        Assert.All(plans, p => Assert.Contains(p.Tiles, t => t.Row == 4));
        Assert.Equal(9, plans.SelectMany(p => p.Tiles).Select(t => t.Row).Distinct().Count());
        Assert.Equal([0, 1, 2, 3], plans.Select(p => p.Tiles.Select(t => t.Row).ToList().IndexOf(4)).Distinct().Order());
    }

    [Fact]
    public void TilesOfAMosaicDontOverlap()
    {
        using var data = AugmentedScenes.Data(9);
        var planner = Planner(data, new());
        for (var epoch = 0; epoch < 40; epoch++)
        {
            var tiles = planner.Plan(epoch, epoch % 9).Tiles;
            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < i; j++)
                    Assert.True(Shared(tiles[i].Across, tiles[j].Across) * Shared(tiles[i].Down, tiles[j].Down) < 1e-3);
            }
        }

        static float Shared(AxisPlacement a, AxisPlacement b) => Math.Max(0, Math.Min(a.Last, b.Last) - Math.Max(a.First, b.First));
    }

    [Fact]
    public void SwitchingOneChangeOffLeavesTheOthersAsTheyWere()
    {
        using var data = AugmentedScenes.Data(9);
        var all = Planner(data, new() { Mosaic = 0 }).Plan(3, 5);

        var stiff = Planner(data, new() { Mosaic = 0, Scale = 0, Translation = 0 }).Plan(3, 5);
        var grey = Planner(data, new() { Mosaic = 0, Hue = 0 }).Plan(3, 5);

        Assert.Equal((all.Hue, all.Saturation, all.Brightness), (stiff.Hue, stiff.Saturation, stiff.Brightness));
        Assert.Equal((1f, all.Saturation, all.Brightness), (grey.Hue, grey.Saturation, grey.Brightness));
        Assert.Equal(all.Tiles, grey.Tiles);
    }

    [Fact]
    public void ChangesReachAsFarAsTheOptionsSay()
    {
        using var data = AugmentedScenes.Data(9);
        var planner = Planner(data, new() { Mosaic = 0, Hue = .2 });
        var plans = Enumerable.Range(0, 400).Select(epoch => planner.Plan(epoch, 0)).ToList();

        Reaches(plans.Select(p => p.Tiles[0].Down.Scale), .5, 1.5);
        Reaches(plans.Select(p => p.Hue), .8, 1.2);
        Reaches(plans.Select(p => p.Saturation), .3, 1.7);
        Reaches(plans.Select(p => p.Brightness), .6, 1.4);
        // The middle of the image: half the height, moved by a tenth.
        Reaches(plans.Select(p => p.Tiles[0].Down).Select(d => (d.Scale * AugmentedScenes.Height / 2 + d.Offset) / AugmentedScenes.Height), .4, .6);
        Assert.InRange(plans.Count(p => p.Tiles[0].Across.Scale < 0), 160, 240); // half of 400, give or take four deviations

        static void Reaches(IEnumerable<float> values, double low, double high)
        {
            var seen = values.ToList();
            Assert.InRange(seen.Min(), low - 1e-6, low + .05 * (high - low));
            Assert.InRange(seen.Max(), high - .05 * (high - low), high + 1e-6);
        }
    }

    [Fact]
    public void AnImageUpsideDownIsAsMuchChangedElsewise()
    {
        using var data = AugmentedScenes.Data(9);
        var (upright, turned) = (Planner(data, new() { Mosaic = 0 }), Planner(data, new() { Mosaic = 0, VerticalFlip = 1 }));

        for (var row = 0; row < 9; row++)
        {
            var (one, other) = (upright.Plan(3, row), turned.Plan(3, row));
            var (down, up) = (one.Tiles[0].Down, other.Tiles[0].Down);
            Assert.Equal((one.Tiles[0].Across, one.Hue, one.Saturation, one.Brightness), (other.Tiles[0].Across, other.Hue, other.Saturation, other.Brightness));
            Assert.Equal(-down.Scale, up.Scale);
            Assert.Equal(AugmentedScenes.Height - down.Offset, up.Offset, 1e-3f);
        }
        var plans = Enumerable.Range(0, 400).Select(epoch => Planner(data, new() { Mosaic = 0, VerticalFlip = .5 }).Plan(epoch, 0)).ToList();
        Assert.InRange(plans.Count(p => p.Tiles[0].Down.Scale < 0), 160, 240); // half of 400, give or take four deviations
    }

    private static AugmentationPlanner Planner(DetectionData data, DetectionAugmentation augmentation, int epochs = 1000) => new(data.Boxes, AugmentedScenes.Size, augmentation, seed: 1, epochs);
}
