using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Tests.Data;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectionReaderTests
{
    private static readonly ImageSize Size = new(64, 64);
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(100, 60)]
    [InlineData(60, 100)]
    [InlineData(64, 64)]
    [InlineData(32, 17)]
    [InlineData(501, 333)]
    public void BoxesLieOnTheStoredPixelsOfTheirObjects(int width, int height)
    {
        var (w, h) = (width, height);
        using var data = Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(w, h, (0, w / 10, h / 8, w / 2, h / 3), (2, w / 2, h / 2, w, h), (1, 0, h / 2, w / 3, h))), Size);

        Assert.Equal([0, 2, 1], data.Boxes.Classes(0).ToArray());
        for (var i = 0; i < 3; i++)
        {
            var around = Scenes.Around(p => data.Pixels.Pixels(0)[p], Size.Width, Size.Height, data.Boxes.Classes(0)[i])!;
            Numbers.Within(around.Doubles(), data.Boxes.Boxes(0)[(4 * i)..(4 * i + 4)].ToArray().Doubles(), 1);
        }
        Assert.Equal(Letterbox.Of(width, height, 64, 64), data.Boxes.Letterbox(0));
    }

    [Fact]
    public void ImagesWithoutObjectsAreImages()
    {
        var progress = new List<long>();

        using var data = Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(20, 10), Scenes.Row(20, 10, (1, 2, 2, 8, 8)), Scenes.Row(10, 20)), Size, onRow: progress.Add);

        Assert.Equal((3, 3, 1), (data.Count, data.Boxes.Count, data.Boxes.ObjectCount));
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(row => data.Boxes.Classes(row).Length));
        Assert.Equal([0, 4, 0], Enumerable.Range(0, 3).Select(row => data.Boxes.Boxes(row).Length));
        Assert.False(data.Pixels.HasLabels);
        Assert.Equal([1, 2, 3], progress);
    }

    // What was annotated as EXIF turns it has its sides the other way round; other sizes may be anybody's columns.
    [Theory]
    [InlineData(30, 50, true)]
    [InlineData(50, 30, false)]
    [InlineData(0, 0, false)]
    [InlineData(100, 60, false)]
    public void BoxesOfATurnedImageAreRefused(int width, int height, bool turned)
    {
        IDataView Data()
        {
            var data = _ml.Data.LoadFromEnumerable([new SizedRow { Image = Scenes.Image(50, 30), Label = ["a"], BoundingBoxes = [1, 2, 20, 25], Width = width, Height = height }]);
            return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        }

        var error = Record.Exception(() => Scenes.Read(_ml, Data(), Size).Dispose());

        Assert.Equal(turned, error is InvalidDataException);
        if (turned)
        {
            Assert.StartsWith(
                "Row 0 of the training data: its annotation is for 30×50 pixels, and it is stored as 50×30: the boxes were drawn on the image as EXIF has it turned", error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ImagesComeAsBytesToo()
    {
        using var folder = new TemporaryFolder();
        var rows = new[] { Scenes.Row(50, 30, (0, 10, 10, 30, 20)), Scenes.Row(30, 50, (2, 0, 0, 15, 25)) };
        foreach (var row in rows)
        {
            row.Image!.Save(folder["image.png"]);
            row.Bytes = File.ReadAllBytes(folder["image.png"]);
        }
        var decoded = Scenes.View(_ml, rows);
        var encoded = _ml.Transforms.CopyColumns("Image", "Bytes").Fit(decoded).Transform(decoded);

        using var expected = Scenes.Read(_ml, decoded, Size);
        using var data = Scenes.Read(_ml, encoded, Size);

        for (var row = 0; row < 2; row++)
        {
            Assert.Equal(expected.Pixels.Pixels(row), data.Pixels.Pixels(row));
            Assert.Equal(expected.Boxes.Boxes(row), data.Boxes.Boxes(row));
            Assert.Equal(expected.Boxes.Letterbox(row), data.Boxes.Letterbox(row));
        }
    }

    [Fact]
    public void AnImageIsReadOnce()
    {
        using var folder = new TemporaryFolder();
        using (var image = Scenes.Image(50, 30, (0, 10, 10, 30, 20)))
            image.Save(folder["image.png"]);
        var reads = 0;
        var data = _ml.Transforms.CustomMapping<Scenes.SceneRow, CountedImage>((from, to) =>
        {
            reads++;
            to.Counted = MLImage.CreateFromFile(folder["image.png"]);
        }, null).Fit(Scenes.View(_ml, Scenes.Row(50, 30))).Transform(_ml.Data.LoadFromEnumerable([Scenes.Row(50, 30), Scenes.Row(50, 30)]));
        data = _ml.Transforms.SelectColumns("Counted").Fit(data).Transform(data);
        data = _ml.Transforms.CopyColumns("Image", "Counted").Fit(data).Transform(data);

        using var read = Scenes.Read(_ml, data, Size, labelled: false);

        Assert.Equal(2, reads);
        Assert.NotNull(Scenes.Around(p => read.Pixels.Pixels(1)[p], 64, 64, 0));
    }

    [Fact]
    public void WithoutLabelColumnsThereIsNothingOnTheImages()
    {
        using var data = Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(20, 10, (1, 2, 2, 8, 8))), Size, labelled: false);

        Assert.Equal((1, 0), (data.Boxes.Count, data.Boxes.ObjectCount));
    }

    [Fact]
    public void BoxesAreCutAtTheImagesEdges()
    {
        var row = Scenes.Row(64, 32, (0, 10, 10, 20, 20));
        row.BoundingBoxes = [-5, 4, 100, 40];

        using var data = Scenes.Read(_ml, Scenes.View(_ml, row), Size);

        Assert.Equal([0, 20, 64, 48], data.Boxes.Boxes(0).ToArray());
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, "column 'Label' has 1 labels, and column 'BoundingBoxes' 3 numbers; there must be 4 for each label, x0 y0 x1 y1, so 4.")]
    [InlineData(new float[] { 5, 5, 5, 9 }, "object 0, box (5, 5, 5, 9) of column 'BoundingBoxes': it has no area; x1 must be greater than x0, and y1 than y0.")]
    [InlineData(new float[] { 5, 9, 8, 3 }, "object 0, box (5, 9, 8, 3) of column 'BoundingBoxes': it is inverted; x0 y0 is its upper left corner, x1 y1 its lower right one (not its width and height).")]
    [InlineData(new float[] { float.NaN, 0, 8, 3 }, "object 0, box (NaN, 0, 8, 3) of column 'BoundingBoxes': its x0 is not finite.")]
    [InlineData(new float[] { 0, 0, float.PositiveInfinity, 3 }, "object 0, box (0, 0, Infinity, 3) of column 'BoundingBoxes': its x1 is not finite.")]
    [InlineData(new float[] { 40, 2, 50, 9 }, "object 0, box (40, 2, 50, 9) of column 'BoundingBoxes': it lies outside the image of 40×20 pixels; boxes are in pixels of the original image.")]
    [InlineData(new float[] { 0, -9, 5, 0 }, "object 0, box (0, -9, 5, 0) of column 'BoundingBoxes': it lies outside the image of 40×20 pixels; boxes are in pixels of the original image.")]
    public void BadBoxesAreNamedByTheirRow(float[] boxes, string fault)
    {
        var bad = Scenes.Row(40, 20, (0, 1, 1, 9, 9));
        bad.BoundingBoxes = boxes;
        var data = Scenes.View(_ml, Scenes.Row(40, 20, (1, 1, 1, 9, 9)), bad);

        Assert.Equal($"Row 1 of the training data: {fault}", Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, data, Size)).Message);
    }

    [Fact]
    public void AMissingLabelIsNamedByItsRow()
    {
        var row = Scenes.Row(40, 20, (0, 1, 1, 9, 9));
        row.Label = ["purple"];

        Assert.Equal(
            "Row 0 of the training data: object 0, box (1, 1, 9, 9) of column 'BoundingBoxes': it has no label (column 'Label' is missing there); leave such objects out, or give MapValueToKey all classes.",
            Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, Scenes.View(_ml, row), Size)).Message);
    }

    [Fact]
    public void AKeyBeyondTheClassesIsNamedByItsRow()
    {
        var data = _ml.Data.LoadFromEnumerable([new KeyedRow { Image = Scenes.Image(40, 20), Label = [3, 7], BoundingBoxes = [1, 1, 9, 9, 2, 2, 9, 9] }]);

        Assert.Equal(
            "Row 0 of the training data: object 1, box (2, 2, 9, 9) of column 'BoundingBoxes': its label is out of range: column 'Label' is Vector<Key<UInt32, 0-2>>, and its key is greater; make it with MapValueToKey.",
            Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, data, Size)).Message);
    }

    [Fact]
    public void BadObjectsMayBeLeftOut()
    {
        var row = Scenes.Row(64, 64, (0, 1, 1, 9, 9), (1, 20, 20, 30, 30), (2, 40, 40, 60, 60), (1, 0, 0, 5, 5), (1, 3, 3, 7, 7));
        row.BoundingBoxes[4] = float.NaN;
        row.BoundingBoxes[14] = -3;
        var faults = new List<SkippedRow>();

        using var data = Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(64, 64), row), Size, onBadObject: faults.Add);

        Assert.Equal([0, 2, 1], data.Boxes.Classes(1).ToArray());
        Assert.Equal([1, 1, 9, 9, 40, 40, 60, 60, 3, 3, 7, 7], data.Boxes.Boxes(1).ToArray());
        Assert.Equal(2, faults.Count);
        Assert.All(faults, f => Assert.StartsWith("row 1: object ", f.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void LeavingAllObjectsOfAClassOutIsAnError()
    {
        var row = Scenes.Row(64, 64, (0, 1, 1, 9, 9), (1, 20, 20, 20, 30));

        Assert.Equal(
            "All rows with objects of class 'green' in the training data are unusable, the first being row 0: object 1, box (20, 20, 20, 30) of column 'BoundingBoxes': it has no area; x1 must be greater than x0, "
            + "and y1 than y0. Mend them, or leave the class out.",
            Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, Scenes.View(_ml, row), Size, onBadObject: _ => { })).Message);
    }

    [Fact]
    public void ARowWithoutAnImageIsNamed()
    {
        var row = Scenes.Row(40, 20);
        row.Image = null;

        Assert.Equal(
            "Row 1 of the training data: the image in column 'Image' can't be read. The column holds no image: its path is empty, or the step before gave none.",
            Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(40, 20), row), Size)).Message);
    }

    [Fact]
    public void BadRowsAreSkippedAndListed()
    {
        var log = new RowLog(BadImages.Skip);
        var rows = new[] { Scenes.Row(40, 20, (0, 1, 1, 9, 9)), Scenes.Row(40, 20, (0, 1, 1, 9, 9)), Scenes.Row(40, 20, (1, 1, 1, 9, 9)), Scenes.Row(40, 20, (1, 2, 2, 9, 9)) };
        rows[1].Image = null;
        rows[2].BoundingBoxes = [1, 2, 3];

        using var data = Scenes.Read(_ml, Scenes.View(_ml, rows), Size, log: log);

        Assert.Equal([0, 1], new[] { data.Boxes.Classes(0)[0], data.Boxes.Classes(1)[0] });
        Assert.Equal((2, 2), (data.Count, data.Boxes.Count));
        Assert.Equal([1, 2], log.Skipped.Select(s => s.Row));
        Assert.StartsWith("the image in column 'Image' can't be read. The column holds no image", log.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.StartsWith("column 'Label' has 1 labels, and column 'BoundingBoxes' 3 numbers", log.Skipped[1].Reason, StringComparison.Ordinal);
        Assert.Equal([0, 3], Enumerable.Range(0, 2).Select(log.SourceRow));
    }

    [Fact]
    public void SkippingAllOfAClassIsAnError()
    {
        var bad = Scenes.Row(40, 20, (0, 1, 1, 9, 9), (2, 2, 2, 9, 9));
        bad.Image = null;

        Assert.StartsWith(
            "All rows with objects of class 'blue' in the training data are unusable, the first being row 1: the image in column 'Image' can't be read.",
            Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(40, 20, (0, 1, 1, 9, 9)), bad), Size, log: new RowLog(BadImages.Skip))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SkippingEverythingIsAnError() => Assert.StartsWith(
        "All 1 rows of the training data are unusable, the first being row 0: the image in column 'Image' can't be read. The image has 40×20 pixels",
        Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, Scenes.View(_ml, Scenes.Row(40, 20)), Size, log: new RowLog(BadImages.Skip, maxPixels: 799))).Message, StringComparison.Ordinal);

    [Fact]
    public void CutFilesAreRefused()
    {
        using var folder = new TemporaryFolder();
        var row = Scenes.Row(50, 30, (0, 10, 10, 30, 20));
        row.Image!.Save(folder["image.png"]);
        row.Bytes = File.ReadAllBytes(folder["image.png"])[..^20];
        var view = Scenes.View(_ml, row);

        Assert.StartsWith(
            "Row 0 of the training data: the image in column 'Image' can't be read. The PNG file of ",
            Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, _ml.Transforms.CopyColumns("Image", "Bytes").Fit(view).Transform(view), Size)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoRowsAreRefused() => Assert.Equal(
        "The training data has no rows.",
        Assert.Throws<InvalidDataException>(() => Scenes.Read(_ml, _ml.Data.TakeRows(Scenes.View(_ml, Scenes.Row(40, 20)), 0), Size)).Message);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void ManyThreadsReadWhatOneReads(bool encoded, bool dropsObjects)
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 300).Select(i => FileOf(folder, i)).ToList();

        var (one, many) = (Threads(1), Threads(4));

        Assert.Equal(one.Content, many.Content);
        Assert.Equal(one.Said, many.Said);
        Assert.Equal(15 + 25 + 15, one.Said.Count);
        Assert.Equal((0, 1), (one.Files.Started, one.Files.Others));
        Assert.Equal(0, many.Files.Others);

        (string Content, List<string> Said, NamedFiles Files) Threads(int threads)
        {
            var files = new NamedFiles(_ml, folder.Path);
            var data = Scenes.Keyed(_ml, _ml.Data.LoadFromEnumerable(rows));
            var pipeline = files.Paths().Append(encoded ? _ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath") : (IEstimator<ITransformer>)_ml.Transforms.LoadImages("Image", null, "ImagePath"));
            var (log, said) = (new RowLog(BadImages.Skip), new List<string>());
            using var read = Scenes.Read(_ml, pipeline.Fit(data).Transform(data), Size, onBadObject: dropsObjects ? row => said.Add(row.ToString()) : null, log: log, threads: threads);
            return (read.Fingerprint(), [.. said, .. log.Skipped.Select(row => row.ToString())], files);
        }
    }

    /// <summary>Of 300 rows 15 have no image, 25 too few numbers, and 15 others an object that can't be used.</summary>
    private static FileRow FileOf(TemporaryFolder folder, int i)
    {
        var row = Scenes.Row(40 + i % 7, 30 + i % 11, (i % 3, 1 + i % 5, 2, 20, 15), ((i + 1) % 3, 5, 5, 30, 25));
        using (row.Image)
            row.Image!.Save(folder[$"{i}.png"]);
        if (i % 20 == 11)
            File.WriteAllBytes(folder[$"{i}.png"], [7, 7, 7]);
        if (i % 12 == 4)
            row.BoundingBoxes = [1, 2, 3];
        if (i % 15 == 6)
            row.BoundingBoxes[4] = float.NaN;
        return new() { Name = $"{i}.png", Label = row.Label, BoundingBoxes = row.BoundingBoxes };
    }

    private sealed class FileRow
    {
        public string Name { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class CountedImage
    {
        [AnySizeImage]
        public MLImage? Counted { get; set; }
    }

    private sealed class KeyedRow
    {
        [AnySizeImage]
        public MLImage? Image { get; set; }

        [KeyType(3)]
        public uint[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class SizedRow
    {
        [AnySizeImage]
        public MLImage? Image { get; set; }

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public int Width { get; set; }

        public int Height { get; set; }
    }
}
