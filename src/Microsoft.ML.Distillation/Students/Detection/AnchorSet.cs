using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>The boxes a detector measures others from: the same few sizes in every cell of a level.</summary>
internal sealed class AnchorSet
{
    /// <param name="strides">Input pixels between the cells of each level, finest level first.</param>
    /// <param name="sizes">Width and height in pixels, by level and anchor: [levels][anchors][2].</param>
    /// <exception cref="ArgumentException">There is not a list a level, lists differ in length, or a size is no positive number.</exception>
    public AnchorSet(IReadOnlyList<int> strides, float[][][] sizes)
    {
        var faults = new Faults("Anchors");
        faults.AddIf(strides.Count == 0 || sizes.Length != strides.Count, $"there are sizes for {sizes.Length} levels and {strides.Count} strides; give as many.");
        faults.AddIf(strides.Any(s => s < 1), $"strides are {string.Join(", ", strides)}; every one must be at least 1.");
        faults.AddIf(
            sizes.Any(l => l.Length == 0 || l.Length != sizes[0].Length),
            $"levels have {string.Join(", ", sizes.Select(l => l.Length))} anchors; every level must have the same number of them, and at least one.");
        faults.AddIf(
            sizes.Any(l => l.Any(a => a.Length != 2 || a.Any(v => !float.IsFinite(v) || v <= 0))), "an anchor is not two positive numbers of pixels, width and height.");
        faults.ThrowIfAny(nameof(sizes));
        (Strides, Sizes) = (strides, sizes);
    }

    /// <summary>YOLOv5's, which k-means found for COCO's objects on images of 640 pixels.</summary>
    public static AnchorSet YoloV5 { get; } = new(
        [8, 16, 32], [[[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]], [[116, 90], [156, 198], [373, 326]]]);

    /// <summary>RetinaNet's: at each level three sizes, a third of an octave apart, in the proportions 2:1, 1:1 and 1:2 (width to height).</summary>
    public static AnchorSet RetinaNet { get; } = new(
        [8, 16, 32, 64, 128], [.. Enumerable.Range(0, 5).Select(level => Proportions(level).ToArray())]);

    public IReadOnlyList<int> Strides { get; }

    /// <summary>Width and height in pixels, [levels][anchors][2].</summary>
    public float[][][] Sizes { get; }

    /// <summary>Anchors in each cell.</summary>
    public int PerCell => Sizes[0].Length;

    /// <summary>Cells of a level across and down.</summary>
    public ImageSize Cells(int level, ImageSize image) => new(
        (image.Width + Strides[level] - 1) / Strides[level], (image.Height + Strides[level] - 1) / Strides[level]);

    /// <summary>Where the cells of a level lie, in pixels: (column + offset) · stride and (row + offset) · stride.</summary>
    /// <returns>H×W×2, x before y.</returns>
    public float[] Places(int level, ImageSize cells, float offset)
    {
        var places = new float[cells.Pixels * 2];
        for (var i = 0; i < cells.Pixels; i++)
            (places[2 * i], places[2 * i + 1]) = ((i % cells.Width + offset) * Strides[level], (i / cells.Width + offset) * Strides[level]);
        return places;
    }

    /// <summary>A level's sizes, times a factor.</summary>
    /// <returns>A×2, width before height.</returns>
    public float[] SizesOf(int level, float factor = 1) => [.. Sizes[level].SelectMany(a => a).Select(v => v * factor)];

    private static IEnumerable<float[]> Proportions(int level) =>
        from heightToWidth in new[] { .5, 1, 2 }
        from third in Enumerable.Range(0, 3)
        let side = (32 << level) * Math.Pow(2, third / 3.0)
        select new[] { (float)(side / Math.Sqrt(heightToWidth)), (float)(side * Math.Sqrt(heightToWidth)) };
}
