using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>K-means of box sizes by Lloyd's iterations, each side in its standard deviations: of several starts the one whose boxes are nearest to their centres.</summary>
/// <remarks>Lloyd: "Least squares quantization in PCM", 1982. A centre that loses all its boxes stays where it is.</remarks>
internal static class BoxClusters
{
    private const int Starts = 10;
    private const int MostIterations = 300;

    /// <param name="distinct">The sizes that occur: starts are samples of these, so that no two centres begin in one place.</param>
    public static BoxSize[] Centres(BoxSize[] boxes, BoxSize[] distinct, int count, long seed)
    {
        var unit = new BoxSize(Deviation(boxes, b => b.Width), Deviation(boxes, b => b.Height));
        var scaled = Array.ConvertAll(boxes, b => Divide(b, unit));
        var (best, nearest) = (Array.Empty<BoxSize>(), double.PositiveInfinity);
        for (var start = 0; start < Starts; start++)
        {
            var order = new CounterRandom(seed, RandomPurpose.Anchors, 0, start).NextPermutation(distinct.Length);
            var centres = order.Take(count).Select(i => Divide(distinct[i], unit)).ToArray();
            var distance = Move(scaled, centres);
            if (distance < nearest)
                (best, nearest) = (centres, distance);
        }
        return Array.ConvertAll(best, c => new BoxSize(c.Width * unit.Width, c.Height * unit.Height));
    }

    /// <summary>Moves centres until no box changes hands; returns the mean distance.</summary>
    private static double Move(BoxSize[] boxes, BoxSize[] centres)
    {
        var owners = new int[boxes.Length];
        Array.Fill(owners, -1);
        var distance = 0.0;
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var isMoving = false;
            distance = 0;
            for (var i = 0; i < boxes.Length; i++)
            {
                var (owner, squared) = Nearest(boxes[i], centres);
                isMoving |= owners[i] != owner;
                owners[i] = owner;
                distance += Math.Sqrt(squared);
            }
            if (!isMoving)
                break;
            Centre(boxes, owners, centres);
        }
        return distance / boxes.Length;
    }

    private static (int Centre, double Squared) Nearest(BoxSize box, BoxSize[] centres)
    {
        var (nearest, least) = (0, double.PositiveInfinity);
        for (var c = 0; c < centres.Length; c++)
        {
            var (x, y) = (box.Width - centres[c].Width, box.Height - centres[c].Height);
            var squared = x * x + y * y;
            if (squared < least)
                (nearest, least) = (c, squared);
        }
        return (nearest, least);
    }

    private static void Centre(BoxSize[] boxes, int[] owners, BoxSize[] centres)
    {
        var sums = new (double Width, double Height, int Count)[centres.Length];
        for (var i = 0; i < boxes.Length; i++)
        {
            ref var sum = ref sums[owners[i]];
            sum = (sum.Width + boxes[i].Width, sum.Height + boxes[i].Height, sum.Count + 1);
        }
        for (var c = 0; c < centres.Length; c++)
        {
            if (sums[c].Count > 0)
                centres[c] = new(sums[c].Width / sums[c].Count, sums[c].Height / sums[c].Count);
        }
    }

    private static BoxSize Divide(BoxSize box, BoxSize unit) => new(box.Width / unit.Width, box.Height / unit.Height);

    /// <summary>1 where all are equal.</summary>
    private static double Deviation(BoxSize[] boxes, Func<BoxSize, double> side)
    {
        var mean = boxes.Average(side);
        var variance = boxes.Average(b => (side(b) - mean) * (side(b) - mean));
        return variance > 0 ? Math.Sqrt(variance) : 1;
    }
}
