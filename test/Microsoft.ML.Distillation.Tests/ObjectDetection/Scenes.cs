using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Tests.Packages;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Black images with solid rectangles on them: each class has a colour of its own, so that what a detector should say of an image can be read off its pixels.</summary>
internal static class Scenes
{
    public static readonly string[] Classes = ["red", "green", "blue"];

    /// <summary>An image of a size with objects on it, the last one on top.</summary>
    public static MLImage Image(int width, int height, params (int Class, int X0, int Y0, int X1, int Y1)[] objects) => ImageRows.Paint(width, height, (x, y) =>
    {
        var colour = (R: 0, G: 0, B: 0);
        foreach (var o in objects)
        {
            if (x >= o.X0 && x < o.X1 && y >= o.Y0 && y < o.Y1)
                colour = (o.Class == 0 ? 255 : 0, o.Class == 1 ? 255 : 0, o.Class == 2 ? 255 : 0);
        }
        return colour;
    });

    public static SceneRow Row(int width, int height, params (int Class, int X0, int Y0, int X1, int Y1)[] objects) => new()
    {
        Image = Image(width, height, objects),
        Label = [.. objects.Select(o => Classes[o.Class])],
        BoundingBoxes = [.. objects.SelectMany(o => new float[] { o.X0, o.Y0, o.X1, o.Y1 })],
    };

    /// <summary>The rows with their labels as keys, in the order of <see cref="Classes"/>.</summary>
    public static IDataView View(MLContext ml, params IReadOnlyList<SceneRow> rows) => Keyed(ml, ml.Data.LoadFromEnumerable(rows));

    /// <summary>Rows with their labels as keys, in the order of <see cref="Classes"/>.</summary>
    public static IDataView Keyed(MLContext ml, IDataView data)
    {
        var classes = ml.Data.LoadFromEnumerable(Classes.Select(c => new ClassRow { Name = c }));
        return ml.Transforms.Conversion.MapValueToKey("Label", keyData: classes).Fit(data).Transform(data);
    }

    /// <summary>Reads rows as training does.</summary>
    public static DetectionData Read(MLContext ml, IDataView data, ImageSize size, bool labelled = true, Action<long>? onRow = null, Action<SkippedRow>? onBadObject = null, RowLog? log = null, int? threads = null)
    {
        var store = new PixelStore(size, long.MaxValue, Path.GetTempPath());
        try
        {
            return DetectionReader.Read(
                data, new DetectorPreparation(ml, "Image", size), labelled ? ObjectColumns.Find(data.Schema, "Label", "BoundingBoxes") : null, store, "training", onRow, default, onBadObject, log, threads);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>What a model found on each image, read in one go: read column by column, images in memory would be disposed of for the next column.</summary>
    public static List<(uint[] Labels, float[] Scores, float[] Boxes)> Found(IDataView view)
    {
        var rows = new List<(uint[], float[], float[])>();
        using var cursor = view.GetRowCursor([view.Schema["PredictedLabel"], view.Schema["Score"], view.Schema["PredictedBoundingBoxes"]]);
        var (labels, scores, boxes) = (cursor.GetGetter<VBuffer<uint>>(view.Schema["PredictedLabel"]), cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]), cursor.GetGetter<VBuffer<float>>(view.Schema["PredictedBoundingBoxes"]));
        VBuffer<uint> label = default;
        VBuffer<float> score = default, box = default;
        while (cursor.MoveNext())
        {
            labels(ref label);
            scores(ref score);
            boxes(ref box);
            rows.Add(([.. label.DenseValues()], [.. score.DenseValues()], [.. box.DenseValues()]));
        }
        return rows;
    }

    /// <summary>The smallest box around the pixels of a class, x0 y0 x1 y1; null where there are none.</summary>
    /// <param name="planes">Red, green and blue planes.</param>
    public static float[]? Around(Func<int, double> planes, int width, int height, int channel)
    {
        var found = Enumerable.Range(0, width * height).Where(i => planes(channel * width * height + i) > 127).Select(i => (X: i % width, Y: i / width)).ToList();
        return found.Count == 0 ? null : [found.Min(p => p.X), found.Min(p => p.Y), found.Max(p => p.X) + 1, found.Max(p => p.Y) + 1];
    }

    internal sealed class SceneRow
    {
        [AnySizeImage]
        public MLImage? Image { get; set; }

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        /// <summary>The image as the bytes of a PNG file.</summary>
        public byte[] Bytes { get; set; } = [];
    }

    private sealed class ClassRow
    {
        public string Name { get; set; } = "";
    }
}
