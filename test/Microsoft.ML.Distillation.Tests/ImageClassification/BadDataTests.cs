using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Data that can't be trained on: a clear error, and nothing left behind.</summary>
[Collection(nameof(TrainingTests))]
public class BadDataTests
{
    private readonly MLContext _ml = new(seed: 1);

    private ImageClassificationDistillationTrainer Trainer => _ml.DistillImageClassification(Quick.Options(epochs: 1));

    [Fact]
    public void NoRows()
    {
        var error = Assert.Throws<InvalidDataException>(() => Trainer.Fit(_ml.Data.TakeRows(Drawn.View(_ml, Drawn.Rows(3)), 0)));

        Assert.Equal("The training data has no rows.", error.Message);
    }

    [Fact]
    public void NoRowsToValidateOn()
    {
        var data = Drawn.View(_ml, Drawn.Rows(12));

        Assert.Equal("The validation data has no rows.", Assert.Throws<InvalidDataException>(() => Trainer.Fit(data, _ml.Data.TakeRows(data, 0))).Message);
    }

    [Fact]
    public void OneClassByItsKeys()
    {
        var rows = _ml.Data.LoadFromEnumerable(Drawn.Rows(12).Where(r => r.Label == "green"));
        var data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);

        Assert.StartsWith("Label column 'Label' has 1 class (green); a classifier needs at least 2.", Assert.Throws<ArgumentException>(() => Trainer.Fit(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneClassInItsRows()
    {
        var data = Drawn.View(_ml, [.. Drawn.Rows(12).Where(r => r.Label == "green")]);

        var error = Assert.Throws<InvalidDataException>(() => Trainer.Fit(data));

        Assert.StartsWith("All 4 training images are of one class, 'green'; a classifier needs examples of at least 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelThatIsNoKey()
    {
        var error = Assert.Throws<ArgumentException>(() => Trainer.Fit(_ml.Data.LoadFromEnumerable(Drawn.Rows(3))));

        Assert.StartsWith("Label column 'Label' is String; a key is needed: add MapValueToKey(\"Label\").", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingLabelNamesItsRow()
    {
        var rows = _ml.Data.LoadFromEnumerable<DrawnRow>([.. Drawn.Rows(6), new DrawnRow(new byte[256], 8) { Label = "purple" }]);
        var data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Drawn.Rows(6))).Transform(rows);

        var error = Assert.Throws<InvalidDataException>(() => Trainer.Fit(data));

        Assert.StartsWith("Row 6 of the training data has no label (column 'Label' is missing there)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnImageFileThatCannotBeDecodedNamesItsRow()
    {
        using var folder = new TemporaryFolder();
        var rows = Drawn.Rows(12);
        Drawn.Write(rows, folder.Path);
        File.WriteAllText(rows[7].ImagePath, "no image");
        var pipeline = _ml.Transforms.LoadImages("Image", "", "ImagePath").Append(Trainer);

        var error = Assert.Throws<InvalidDataException>(() => pipeline.Fit(Drawn.View(_ml, rows)));

        Assert.StartsWith("Row 7 of the training data: the image in column 'Image' can't be read. ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImageBytesThatCannotBeDecodedNameTheirRow()
    {
        var data = _ml.Transforms.CopyColumns("Image", "Bytes").Fit(Drawn.View(_ml, Drawn.Rows(12))).Transform(Drawn.View(_ml, [.. Drawn.Rows(5), Broken()]));

        var error = Assert.Throws<InvalidDataException>(() => Trainer.Fit(data));

        Assert.StartsWith("Row 5 of the training data: the image in column 'Image' can't be read. 4 bytes that begin with 01020304 are not an image that can be decoded: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnImageColumnOfAnotherType()
    {
        var error = Assert.Throws<ArgumentException>(
            () => _ml.DistillImageClassification(new ImageClassificationDistillationOptions { ImageColumnName = "Number", Epochs = 2 }).Fit(Drawn.View(_ml, Drawn.Rows(12))));

        Assert.StartsWith("Image column 'Number' is Int32; an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValidationLabelsThatWereMappedByThemselves()
    {
        var others = _ml.Data.LoadFromEnumerable(Drawn.Rows(12).Reverse());
        var validation = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(others).Transform(others);

        var error = Assert.Throws<ArgumentException>(() => Trainer.Fit(Drawn.View(_ml, Drawn.Rows(12)), validation));

        Assert.StartsWith(
            "The validation data's label 'Label' has the classes blue, green, red; the training data has red, green, blue. Map both with the same fitted MapValueToKey.", error.Message, StringComparison.Ordinal);
    }

    // Every image goes to a file, and the run ends in the middle of reading.
    [Fact]
    public void ARunThatFailsLeavesNoTemporaryFile()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(seed: 1) { TempFilePath = folder.Path };
        var filesWhileReading = 0;
        var options = new ImageClassificationDistillationOptions { ImageSize = Quick.Size, MemoryBudget = 0, Epochs = 2, Threads = 1 };
        IEnumerable<DrawnRow> Rows()
        {
            foreach (var row in Drawn.Rows(12))
                yield return row;
            filesWhileReading = folder.Names.Count();
            yield return Broken();
        }
        var view = ml.Data.LoadFromEnumerable(Rows());
        var data = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.CopyColumns("Image", "Bytes")).Fit(ml.Data.LoadFromEnumerable(Drawn.Rows(3))).Transform(view);

        Assert.Throws<InvalidDataException>(() => ml.DistillImageClassification(options).Fit(data));

        Assert.Equal(1, filesWhileReading);
        Assert.Empty(folder.Names);
    }

    private static DrawnRow Broken() => DrawnRow.OfBytes([1, 2, 3, 4], "red");
}
