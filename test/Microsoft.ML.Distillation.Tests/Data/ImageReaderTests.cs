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

    private PixelStore Read(IDataView data, Action<long>? onRow = null, CancellationToken cancellation = default, bool labelled = true)
    {
        var preparation = new ImagePreparation(_ml, "Image", Size, ImageResizingEstimator.ResizingKind.IsoCrop);
        var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
        try
        {
            return ImageReader.Read(data, preparation, labelled ? LabelColumn.Find(data.Schema, "Label") : null, store, "training", onRow, cancellation);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
