using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests.Malformed;


/// <summary>Every bad image through the doors of a run, by both policies.</summary>
[Collection(nameof(TrainingTests))]
public class BadImagesTests
{
    private const string Kind = "images";
    private readonly MLContext _ml = new(seed: 1);

    public sealed class PathRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    [Fact]
    public void EveryFileHasACase() => Assert.Equal(BadImageCases.Words.Keys.Order(StringComparer.Ordinal), MalformedFiles.Names(Kind));

    [Theory]
    [MemberData(nameof(BadImageCases.Names), MemberType = typeof(BadImageCases))]
    public void TheFirstEndsARunThatReadsBytes(string name)
    {
        var path = MalformedFiles.PathOf(Kind, name);

        var message = Fault(_ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath"), path);

        Assert.StartsWith("Row 0 of the training data: the image in column 'Image' can't be read. ", message, StringComparison.Ordinal);
        Assert.Contains(BadImageCases.Words[name], message, StringComparison.Ordinal);
        Assert.EndsWith($" It comes from '{path}'. Mend or remove it, or set BadImages to Skip.", message, StringComparison.Ordinal);
    }

    // What decoders say differs; what they pass over is found in the file afterwards.
    [Theory]
    [MemberData(nameof(BadImageCases.Decodable), MemberType = typeof(BadImageCases))]
    public void TheFirstEndsARunThatLoadsImages(string name)
    {
        var path = MalformedFiles.PathOf(Kind, name);

        var message = Fault(_ml.Transforms.LoadImages("Image", null, "ImagePath"), path);

        Assert.StartsWith("Row 0 of the training data: the image in column 'Image' can't be read. ", message, StringComparison.Ordinal);
        Assert.EndsWith($" It comes from '{path}'. Mend or remove it, or set BadImages to Skip.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut-in-half.jpg")]
    [InlineData("no-end.jpg")]
    [InlineData("zeros-at-end.jpg")]
    public void ACutFileThatDecodersFillUpIsFoundByItsBytes(string name) =>
        Assert.Contains(BadImageCases.Words[name], Fault(_ml.Transforms.LoadImages("Image", null, "ImagePath"), MalformedFiles.PathOf(Kind, name)), StringComparison.Ordinal);

    [Fact]
    public void TheLimitOfPixelsIsTheRunsOwn()
    {
        var path = MalformedFiles.PathOf("usable-images", "rgb.png");

        Assert.Contains("The image has 24×16 pixels, more than the 383 that are allowed (MaxImagePixels)", Fault(_ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath"), path, maxPixels: 383), StringComparison.Ordinal);
        Assert.Contains("The image has 24×16 pixels, more than the 383 that are allowed (MaxImagePixels)", Fault(_ml.Transforms.LoadImages("Image", null, "ImagePath"), path, maxPixels: 383), StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        var path = MalformedFiles.PathOf(Kind, "not-there.png");

        var message = Fault(_ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath"), path);

        Assert.StartsWith("Row 0 of the training data: the image in column 'Image' can't be read. ", message, StringComparison.Ordinal);
        Assert.EndsWith($" It comes from '{path}'. Mend or remove it, or set BadImages to Skip.", message, StringComparison.Ordinal);
    }

    // The student is, bit for bit, the one of the good rows alone.
    [Fact]
    public void SkippingThemAllLosesNothingElse()
    {
        using var folder = new TemporaryFolder();
        var good = GoodRows(folder);
        var bad = MalformedFiles.Names(Kind).Select((name, i) => new PathRow { ImagePath = MalformedFiles.PathOf(Kind, name), Label = Drawn.Classes[i % 3] }).ToList();
        var mixed = good.Zip(bad).SelectMany(pair => new[] { pair.First, pair.Second }).Concat(good.Skip(bad.Count)).ToList();
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };

        using var all = Fit(mixed, BadImages.Skip);
        using var alone = Fit(good, BadImages.Throw);

        Assert.Equal(alone.ToOnnx(), all.ToOnnx());
        Assert.Equal(good.Count, all.Report.TrainingRows);
        Assert.Equal(bad.Select(r => r.ImagePath), all.Report.SkippedRows.Select(s => s.Source!));
        Assert.All(all.Report.SkippedRows, s =>
        {
            Assert.Equal("training", s.Data);
            Assert.Equal(s.Source, mixed[(int)s.Row].ImagePath);
            Assert.Contains(BadImageCases.Words[Path.GetFileName(s.Source!)], s.Reason, StringComparison.Ordinal);
            Assert.Contains(warnings, w => w.Contains($"Left out of the training data: {s}", StringComparison.Ordinal));
        });
        Assert.Empty(alone.Report.SkippedRows);
        Assert.Contains(warnings, w => w.Contains($"{bad.Count} of {mixed.Count} rows of the training data are left out (BadImages is Skip).", StringComparison.Ordinal));
        // What training left out, calibration leaves out too.
        var images = _ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath").Fit(_ml.Data.LoadFromEnumerable(mixed)).Transform(_ml.Data.LoadFromEnumerable(mixed));
        Assert.Equal(good.Count, all.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(images)).CalibrationImages);
    }

    [Fact]
    public void LeaksRotationsAndSkippedValidationRowsAreReported()
    {
        using var folder = new TemporaryFolder();
        var good = GoodRows(folder);
        string[] odd = ["exif-rotated.jpg", "exif-mirrored.png", "animated.gif"];
        var training = good.Concat(odd.Select(n => new PathRow { ImagePath = MalformedFiles.PathOf("usable-images", n), Label = "red" })).ToList();
        List<PathRow> validation = [good[3], new() { ImagePath = MalformedFiles.PathOf(Kind, "no-end.png"), Label = good[0].Label }, new() { ImagePath = good[0].ImagePath, Label = "no class" }, good[0]];

        using var student = Fit(training, BadImages.Skip, validation);

        Assert.Equal([("validation", 1L), ("validation", 2L)], student.Report.SkippedRows.Select(s => (s.Data, s.Row)));
        Assert.Contains("has no label", student.Report.SkippedRows[1].Reason, StringComparison.Ordinal);
        Assert.Equal(2, student.Report.ValidationRows);
        Assert.Equal(
            [(DataFindingKind.Rotated, "training", 2), (DataFindingKind.Animated, "training", 1), (DataFindingKind.Leaked, "validation", 2)],
            student.Report.DataFindings.Select(f => (f.Kind, f.Data, f.Count)));
        Assert.Contains($"(rows {good.Count}, {good.Count + 1})", student.Report.DataFindings[0].Text, StringComparison.Ordinal);
        Assert.Contains("(validation row = training row: 0 = 3, 3 = 0)", student.Report.DataFindings[2].Text, StringComparison.Ordinal);
    }

    private static List<PathRow> GoodRows(TemporaryFolder folder)
    {
        var drawn = Drawn.Rows(48);
        Drawn.Write(drawn, folder.Path);
        return [.. drawn.Select(r => new PathRow { ImagePath = r.ImagePath, Label = r.Label })];
    }

    private string Fault(IEstimator<ITransformer> loader, string path, long maxPixels = ImageDecoding.DefaultMaxImagePixels)
    {
        var data = _ml.Data.LoadFromEnumerable(new PathRow[] { new() { ImagePath = path, Label = "a" }, new() { ImagePath = path, Label = "b" } });
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(loader).Append(_ml.DistillImageClassification(Options(BadImages.Throw, maxPixels)));
        return Assert.Throws<InvalidDataException>(() => pipeline.Fit(data)).Message;
    }

    private ImageClassificationDistillationTransformer Fit(List<PathRow> rows, BadImages policy, List<PathRow>? validation = null)
    {
        var data = _ml.Data.LoadFromEnumerable(rows);
        var preparation = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath")).Fit(data);
        return _ml.DistillImageClassification(Options(policy)).Fit(preparation.Transform(data), validation is null ? null : preparation.Transform(_ml.Data.LoadFromEnumerable(validation)));
    }

    private static ImageClassificationDistillationOptions Options(BadImages policy, long maxPixels = ImageDecoding.DefaultMaxImagePixels) => new()
    {
        Student = ImageClassifier.ResNet8,
        ImageSize = Quick.Size,
        Epochs = 1,
        BatchSize = 16,
        Schedule = new ConstantRate(),
        Threads = 1,
        Seed = 1,
        BadImages = policy,
        MaxImagePixels = maxPixels,
    };
}
