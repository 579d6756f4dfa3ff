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

    private IDataView WithoutItsSecondImage()
    {
        Rows.DecodedRow[] rows = [new() { Image = Rows.Image(Rows.Planes(0)), Label = "a" }, new() { Label = "b" }];
        var data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    private PixelStore Read(IDataView data, Action<long>? onRow = null, CancellationToken cancellation = default, bool labelled = true, RowLog? log = null)
    {
        var preparation = new ImagePreparation(_ml, "Image", Size, ImageResizingEstimator.ResizingKind.IsoCrop);
        var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
        try
        {
            return ImageReader.Read(data, preparation, labelled ? LabelColumn.Find(data.Schema, "Label") : null, store, "training", onRow, cancellation, log);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
