using System.IO.Compression;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>The exits of a fitted student as models of their own.</summary>
[Collection(nameof(TrainingTests))]
public class EarlyExitTests(FittedExits fitted) : IClassFixture<FittedExits>
{
    [Fact]
    public void EveryExitIsAFileAndTheLastIsTheStudent()
    {
        var exits = fitted.Results.Exits;

        Assert.Equal([("exit1", "layer1", 1), ("exit2", "layer2", 2), ("exit3", "layer3", 3)], exits.Select(e => (e.Name, e.Stage, e.Depth)));
        Assert.Equal(["exit1.onnx", "exit2.onnx", "exit3.onnx"], Directory.GetFiles(fitted.File("exits")).Select(Path.GetFileName).Order());
        Assert.Equal(fitted.Student.ToOnnx(), File.ReadAllBytes(exits[2].Path));
        Assert.All(exits, e => Assert.Equal(new FileInfo(e.Path).Length, e.ModelBytes));
        Assert.All(exits, e => Assert.True(e.LatencyMs > 0));
    }

    [Fact]
    public void AccuraciesAreThoseOfTheFiles()
    {
        var scores = fitted.Results.Exits.Select(e => PlainOnnx.Run(File.ReadAllBytes(e.Path), fitted.Rows, size: 8)).ToList();
        var mean = Enumerable.Range(0, fitted.Rows.Count).Select(row => Enumerable.Range(0, 3).Select(c => scores.Average(s => s[row][c])).ToArray()).ToArray();

        Assert.Equal(50, fitted.Results.Rows);
        Assert.Equal(scores.Select(s => (double?)Quick.Accuracy(s, fitted.Rows)), fitted.Results.Exits.Select(e => e.Accuracy));
        Assert.Equal(Quick.Accuracy(mean, fitted.Rows), fitted.Results.EnsembleAccuracy);
    }

    [Fact]
    public void ClassesAreMatchedByName()
    {
        // Key values in another order: the same labels under other keys.
        var turned = new[] { fitted.Rows[2], fitted.Rows[0], fitted.Rows[1] };
        var mapped = fitted.Ml.Transforms.Conversion.MapValueToKey("Label").Fit(fitted.Ml.Data.LoadFromEnumerable(turned));
        var data = mapped.Transform(fitted.Ml.Data.LoadFromEnumerable(fitted.Rows));

        var results = fitted.Student.ExportExits(fitted.File("turned"), data);

        Assert.Equal(fitted.Results.Exits.Select(e => e.Accuracy), results.Exits.Select(e => e.Accuracy));
        Assert.Equal(fitted.Results.EnsembleAccuracy, results.EnsembleAccuracy);
    }

    [Fact]
    public void WithoutDataNothingIsMeasuredButSizeAndTime()
    {
        var results = fitted.Student.ExportExits(fitted.File("unmeasured"));

        Assert.Equal((0, null), (results.Rows, results.EnsembleAccuracy));
        Assert.All(results.Exits, e => Assert.Null(e.Accuracy));
        Assert.Equal(fitted.Results.Exits.Select(e => e.ModelBytes), results.Exits.Select(e => e.ModelBytes));
    }

    [Fact]
    public void ExitsAreInNeitherTheZipNorTheStudentsOwnFile()
    {
        var zip = fitted.File("student.zip");
        fitted.Ml.Model.Save(fitted.Student, Drawn.View(fitted.Ml, fitted.Rows).Schema, zip);
        using var archive = ZipFile.OpenRead(zip);

        Assert.True(Names(File.ReadAllBytes(fitted.Results.Exits[0].Path)), "The search finds nothing in an exit's own file.");
        Assert.False(Names(fitted.Student.ToOnnx()));
        Assert.All(archive.Entries, entry => Assert.False(Names(Bytes(entry)), entry.FullName));

        static bool Names(byte[] bytes) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("exit.fc.weight")) >= 0;

        static byte[] Bytes(ZipArchiveEntry entry)
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        }
    }

    [Fact]
    public void ClassesTheStudentDoesNotKnowAreAnError()
    {
        var rows = new[] { fitted.Rows[0], DrawnRow.OfBytes([], "violet") };
        var data = fitted.Ml.Transforms.Conversion.MapValueToKey("Label").Fit(fitted.Ml.Data.LoadFromEnumerable(rows)).Transform(fitted.Ml.Data.LoadFromEnumerable(rows));

        var error = Assert.Throws<ArgumentException>(() => fitted.Student.ExportExits(fitted.File("unknown"), data));

        Assert.StartsWith("Label column 'Label' has a class 'violet', which is none of red, green, blue.", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(fitted.File("unknown")));
    }

    [Fact]
    public void BadRowsAreTreatedAsInTheRun()
    {
        using var folder = new TemporaryFolder();
        // Nothing that could be decoded, and an image of more pixels than the options allow.
        var rows = fitted.Rows.Append(DrawnRow.OfBytes([1, 2, 3], "red")).Concat(Drawn.Rows(1, size: 9)).ToList();
        var data = Drawn.View(fitted.Ml, rows);
        ImageClassificationDistillationOptions Options(BadImages bad) => new()
        {
            ImageColumnName = "Bytes",
            Student = ImageClassifier.ResNet8,
            Methods = { new DeepSupervision() },
            ImageSize = Quick.Size,
            Epochs = 1,
            Threads = 1,
            BadImages = bad,
            MaxImagePixels = Quick.Size.Pixels,
        };
        using var patient = fitted.Ml.DistillImageClassification(Options(BadImages.Skip)).Fit(data);
        using var strict = fitted.Ml.DistillImageClassification(Options(BadImages.Throw)).Fit(Drawn.View(fitted.Ml, fitted.Rows));

        Assert.Equal(50, patient.ExportExits(folder["patient"], data).Rows);
        Assert.StartsWith("Row 50 of the evaluation data: ", Assert.Throws<InvalidDataException>(() => strict.ExportExits(folder["strict"], data)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Row 50 of the evaluation data", Assert.Throws<InvalidDataException>(() => strict.ExportExits(folder["strict"], Drawn.View(fitted.Ml, [.. fitted.Rows, rows[^1]]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AStudentWithoutExitsSaysWhichMethodMakesThem()
    {
        using var student = Quick.Fit(Quick.Options(epochs: 1), fitted.Rows);

        Assert.Equal(
            "This student has no early exits: BeYourOwnTeacher and DeepSupervision make them. Add new BeYourOwnTeacher() to the options' Methods and train again.",
            Assert.Throws<InvalidOperationException>(() => student.ExportExits(fitted.File("none"))).Message);
    }
}
