namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Noisy squares that hold a little more of one colour than of the others; that colour is the class.</summary>
internal static class Drawn
{
    public static readonly string[] Classes = ["red", "green", "blue"];
    private const int Base = 10, Noise = 200, Tint = 45;

    /// <summary>As many images of each class as of the others, in turn, so that keys by occurrence come in the order of <see cref="Classes"/>.</summary>
    public static IReadOnlyList<DrawnRow> Rows(int count, int size = 8, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Row(random, i % Classes.Length, size))];
    }

    /// <summary>The rows with their labels as keys.</summary>
    public static IDataView View(MLContext ml, IReadOnlyList<DrawnRow> rows) =>
        ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(rows.Append(Rows(1)[0]))).Transform(ml.Data.LoadFromEnumerable(rows));

    /// <summary>Writes every image as a PNG file and notes its path in its row.</summary>
    public static void Write(IReadOnlyList<DrawnRow> rows, string folder)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].ImagePath = Path.Combine(folder, $"{i:000}-{rows[i].Label}.png");
            rows[i].Save(rows[i].ImagePath);
        }
    }

    private static DrawnRow Row(Random random, int label, int size)
    {
        var rgba = new byte[4 * size * size];
        for (var i = 0; i < rgba.Length; i++)
            rgba[i] = i % 4 == 3 ? (byte)255 : (byte)(Base + random.Next(Noise) + (i % 4 == label ? Tint : 0));
        return new DrawnRow(rgba, size) { Label = Classes[label], Number = 10 * (Classes.Length - label) };
    }
}
