using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ImageReaderTests
{
    private static readonly ImageSize Size = new(Rows.Width, Rows.Height);
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void DecodedImagesAreReadPixelByPixel()
    {
        var progress = new List<long>();

        using var store = Read(Rows.Decoded(_ml, "a", "b", "a"), onRow: progress.Add);

        Assert.Equal([0, 1, 0], store.Labels);
        Assert.True(store.HasLabels);
        for (var row = 0; row < 3; row++)
            Assert.Equal(Rows.Planes(row), store.Pixels(row).ToArray());
        Assert.Equal([1, 2, 3], progress);
    }

    [Fact]
    public void EncodedImagesAreReadPixelByPixel()
    {
        using var store = Read(Rows.Encoded(_ml, (Rows.Png(Rows.Planes(0)), "a"), (Rows.Png(Rows.Planes(1)), "b")));

        Assert.Equal([0, 1], store.Labels);
        Assert.Equal(Rows.Planes(0), store.Pixels(0).ToArray());
        Assert.Equal(Rows.Planes(1), store.Pixels(1).ToArray());
    }

    [Fact]
    public void AnUndecodableImageIsNamedByItsRow()
    {
        var data = Rows.Encoded(_ml, (Rows.Png(Rows.Planes(0)), "a"), ([1, 2, 3, 4], "b"));

        var message = Assert.Throws<InvalidDataException>(() => Read(data)).Message;

        Assert.StartsWith("Row 1 of the training data: the image in column 'Image' can't be read. 4 bytes that begin with 01020304 are not an image that can be decoded: ", message, StringComparison.Ordinal);
    }

    // ML.NET reads a view of bytes and keys some rows ahead, and throws where it goes to the next one.
    [Fact]
    public void AViewThatFailsBeforeTheEstimatorSaysHowFarItCame()
    {
        var labels = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(new[] { new Rows.EncodedRow { Label = "a" }, new Rows.EncodedRow { Label = "b" } }));

        var error = Assert.Throws<InvalidDataException>(() => Read(labels.Transform(_ml.Data.LoadFromEnumerable(TwoRowsAndAFault()))));

        Assert.StartsWith("The training data can't be read beyond its first ", error.Message, StringComparison.Ordinal);
        Assert.Contains("rows: third.png is gone. The step that fails comes before the estimator", error.Message, StringComparison.Ordinal);
        Assert.IsType<FileNotFoundException>(error.GetBaseException());

        static IEnumerable<Rows.EncodedRow> TwoRowsAndAFault()
        {
            yield return new() { Image = Rows.Png(Rows.Planes(0)), Label = "a" };
            yield return new() { Image = Rows.Png(Rows.Planes(1)), Label = "a" };
            throw new FileNotFoundException("third.png is gone.");
        }
    }

    [Fact]
    public void AnImageWithoutBytesIsNamedByItsRow() => Assert.Equal(
        "Row 0 of the training data: the image in column 'Image' can't be read. The image has no bytes; the bytes of a JPEG, PNG or other image file are needed.",
        Assert.Throws<InvalidDataException>(() => Read(Rows.Encoded(_ml, ([], "a"), ([], "b")))).Message);

    [Fact]
    public void AMissingLabelIsNamedByItsRow()
    {
        var mapping = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(new[] { new Rows.DecodedRow { Label = "a" }, new Rows.DecodedRow { Label = "b" } }));
        var data = mapping.Transform(_ml.Data.LoadFromEnumerable(new[] { "a", "b", "c" }.Select((l, i) => new Rows.DecodedRow { Image = Rows.Image(Rows.Planes(i)), Label = l })));

        Assert.Equal(
            "Row 2 of the training data has no label (column 'Label' is missing there); drop such rows, or give MapValueToKey all classes.",
            Assert.Throws<InvalidDataException>(() => Read(data)).Message);
    }

    [Fact]
    public void ALabelOutOfRangeIsNamedByItsRow() => Assert.Equal(
        "Row 0 of the training data has a label out of range: column 'Label' is Key<UInt32, 0-1>, and its key is greater; make it with MapValueToKey.",
        Assert.Throws<InvalidDataException>(() => Read(new ConstantKeys(Rows.Decoded(_ml, "a", "b"), 3))).Message);

    // LoadImages gives null for an empty path, and pixels extracted from it are black.
    [Fact]
    public void ANullImageIsNoBlackOne() => Assert.Equal(
        "Row 1 of the training data: the image in column 'Image' can't be read. The column holds no image: its path is empty, or the step before gave none.",
        Assert.Throws<InvalidDataException>(() => Read(WithoutItsSecondImage())).Message);

    [Fact]
    public void ADecodedImageMayBeTooLarge() => Assert.Equal(
        "Row 0 of the training data: the image in column 'Image' can't be read. The image has 5×4 pixels, more than the 19 that are allowed (MaxImagePixels).",
        Assert.Throws<InvalidDataException>(() => Read(Rows.Decoded(_ml, "a", "b"), log: new RowLog(maxPixels: 19))).Message);

    [Fact]
    public void BadRowsAreSkippedAndListed()
    {
        var log = new RowLog(BadImages.Skip);
        var data = Rows.Encoded(_ml, ([1], "a"), (Rows.Png(Rows.Planes(0)), "a"), ([], "b"), (Rows.Png(Rows.Planes(1)), "b"));

        using var store = Read(data, log: log);

        Assert.Equal([0, 1], store.Labels);
        Assert.Equal(Rows.Planes(0), store.Pixels(0).ToArray());
        Assert.Equal(Rows.Planes(1), store.Pixels(1).ToArray());
        Assert.Equal([0, 2], log.Skipped.Select(s => s.Row));
        Assert.Equal([1, 3], Enumerable.Range(0, 2).Select(log.SourceRow));
        Assert.Equal("the image in column 'Image' can't be read. The image has no bytes; the bytes of a JPEG, PNG or other image file are needed", log.Skipped[1].Reason);
    }

    [Fact]
    public void SkippingEverythingIsAnError() => Assert.StartsWith(
        "All 2 rows of the training data are unusable, the first being row 0: the image in column 'Image' can't be read. 1 bytes that begin with 01 ",
        Assert.Throws<InvalidDataException>(() => Read(Rows.Encoded(_ml, ([1], "a"), ([], "b")), log: new RowLog(BadImages.Skip))).Message, StringComparison.Ordinal);

    [Fact]
    public void SkippingAllOfAClassIsAnError() => Assert.StartsWith(
        "All rows of class 'b' in the training data are unusable, the first being row 1: the image in column 'Image' can't be read. The image has no bytes",
        Assert.Throws<InvalidDataException>(() => Read(Rows.Encoded(_ml, (Rows.Png(Rows.Planes(0)), "a"), ([], "b"), ([7], "b")), log: new RowLog(BadImages.Skip))).Message, StringComparison.Ordinal);

    [Fact]
    public void ImagesAreReadWithoutLabelsToo()
    {
        var data = _ml.Transforms.SelectColumns("Image").Fit(Rows.Decoded(_ml, "a", "b")).Transform(Rows.Decoded(_ml, "a", "b"));

        using var store = Read(data, labelled: false);

        Assert.Equal([PixelStore.NoLabel, PixelStore.NoLabel], store.Labels);
        Assert.False(store.HasLabels);
        Assert.Equal(Rows.Planes(1), store.Pixels(1).ToArray());
    }

    [Fact]
    public void NoRowsAreRefused() => Assert.Equal(
        "The training data has no rows.",
        Assert.Throws<InvalidDataException>(() => Read(_ml.Data.TakeRows(Rows.Decoded(_ml, "a", "b"), 0))).Message);

    [Fact]
    public void CancellationStopsTheReading()
    {
        using var cancellation = new CancellationTokenSource();
        var read = 0L;

        Assert.Throws<OperationCanceledException>(() => Read(
            Rows.Decoded(_ml, "a", "b", "a"),
            onRow: count =>
            {
                read = count;
                cancellation.Cancel();
            },
            cancellation.Token));
        Assert.Equal(1, read);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ManyThreadsReadWhatOneReads(bool encoded)
    {
        using var folder = new TemporaryFolder();
        WriteFiles(folder);

        var (one, many) = (Threads(1), Threads(5));

        Assert.Equal(one.Content, many.Content);
        Assert.Equal(one.Skipped, many.Skipped);
        Assert.Equal(47 + 8, one.Skipped.Count);
        Assert.Contains($"row 7 ({folder["7.png"]}): has no label", one.Skipped[1], StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 450 - 47 - 8).Select(i => (long)i), many.Progress);
        Assert.Equal((0, 1), (one.Files.Started, one.Files.Others));
        Assert.Equal(0, many.Files.Others);

        (string Content, List<string> Skipped, List<long> Progress, NamedFiles Files) Threads(int threads)
        {
            var files = new NamedFiles(_ml, folder.Path);
            var (log, progress) = (new RowLog(BadImages.Skip), new List<long>());
            using var store = Read(FileView(files, encoded), progress.Add, log: log, threads: threads);
            return (store.Fingerprint(), [.. log.Skipped.Select(row => row.ToString())], progress, files);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ManyThreadsStopAtTheFirstBadRow(bool encoded)
    {
        using var folder = new TemporaryFolder();
        WriteFiles(folder);
        var data = FileView(new NamedFiles(_ml, folder.Path), encoded);

        var one = Assert.Throws<InvalidDataException>(() => Read(data, threads: 1)).Message;

        Assert.StartsWith("Row 3 of the training data: the image in column 'Image' can't be read. ", one, StringComparison.Ordinal);
        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Equal(one, Assert.Throws<InvalidDataException>(() => Read(data, threads: 4)).Message);
    }

    // The file that LoadImages read is the row's before: this row's image was never asked for.
    [Fact]
    public void ARowWithoutALabelIsNotNamedByTheFileBefore()
    {
        using var folder = new TemporaryFolder();
        WriteFiles(folder);
        var data = _ml.Data.SkipRows(FileView(new NamedFiles(_ml, folder.Path), encoded: false), 4);

        var message = Assert.Throws<InvalidDataException>(() => Read(data)).Message;

        Assert.Equal($"Row 3 of the training data has no label (column 'Label' is missing there); drop such rows, or give MapValueToKey all classes. It comes from '{folder["7.png"]}'.", message);
    }

    /// <summary>450 images, some of which are none.</summary>
    private static void WriteFiles(TemporaryFolder folder)
    {
        for (var i = 0; i < 450; i++)
        {
            using var image = Rows.Image(Rows.Planes(i));
            image.Save(folder[$"{i}.png"]);
            if (i % 10 == 3)
                File.WriteAllBytes(folder[$"{i}.png"], [1, 2, 3, (byte)i]);
        }
        foreach (var i in new[] { 130, 299 })
            File.Delete(folder[$"{i}.png"]);
    }

    private IDataView FileView(NamedFiles files, bool encoded)
    {
        var classes = _ml.Data.LoadFromEnumerable(new[] { "a", "b" }.Select(label => new LabelRow { Label = label }));
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 450).Select(i => new FileRow { Name = $"{i}.png", Label = i % 60 == 7 ? "c" : i % 2 == 0 ? "a" : "b" }));
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: classes).Append(files.Paths());
        return encoded
            ? pipeline.Append(_ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath")).Fit(data).Transform(data)
            : pipeline.Append(_ml.Transforms.LoadImages("Image", null, "ImagePath")).Fit(data).Transform(data);
    }

    private sealed class FileRow
    {
        public string Name { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class LabelRow
    {
        public string Label { get; set; } = "";
    }

    private IDataView WithoutItsSecondImage()
    {
        Rows.DecodedRow[] rows = [new() { Image = Rows.Image(Rows.Planes(0)), Label = "a" }, new() { Label = "b" }];
        var data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    private PixelStore Read(IDataView data, Action<long>? onRow = null, CancellationToken cancellation = default, bool labelled = true, RowLog? log = null, int? threads = null)
    {
        var preparation = new ImagePreparation(_ml, "Image", Size, ImageResizingEstimator.ResizingKind.IsoCrop);
        var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
        try
        {
            return ImageReader.Read(data, preparation, labelled ? LabelColumn.Find(data.Schema, "Label") : null, store, "training", onRow, cancellation, log, threads);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
