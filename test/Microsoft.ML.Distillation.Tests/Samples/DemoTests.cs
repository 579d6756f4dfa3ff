using System.Text.Json.Nodes;
using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>What each sample does from a fresh clone, when it is given nothing: on fewer images and for fewer epochs.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Classification()
    {
        var said = await SampleProcess.Demonstrate("ImageClassification", _folder.Path);

        Assert.Contains("drawn shapes: 50 images for training, 20 for test, 10 classes.", said);
        Assert.Contains(said, line => line.StartsWith("Saved and reloaded: the same scores on all 20 test images.", StringComparison.Ordinal));
        Assert.Equal(["data", "report.html", "report.json", "student.onnx", "student.zip", "teacher.onnx"], Written("sample"));
        Assert.Equal(50, (int)Report("sample")["dataset"]!["train"]!);
        foreach (var model in new[] { "teacher", "baseline", "distilled" })
            Assert.InRange((double)Report("sample")[model]!["accuracy"]!, 0, 1);
        Assert.Equal("resnet8", ImageClassifier.FromOnnx(_folder["sample/student.onnx"]).Name);
    }

    [Fact]
    public async Task Detection()
    {
        await SampleProcess.Demonstrate("ObjectDetection", _folder.Path);

        Assert.Equal(["data", "pictures", "report.html", "report.json", "student.onnx", "student.zip", "teacher.onnx"], Written("detection"));
        Assert.NotEmpty(Directory.GetFiles(_folder["detection/pictures"], "*.png"));
        Assert.Equal((8, 8), ((int)Report("detection")["dataset"]!["train"]!, (int)Report("detection")["dataset"]!["test"]!));
        foreach (var model in new[] { "teacher", "baseline", "distilled" })
            Assert.InRange((double)Report("detection")[model]!["mAP50"]!, 0, 1);
        Assert.Equal("yolov5n", ObjectDetector.FromOnnx(_folder["detection/student.onnx"]).Name);
    }

    [Fact]
    public async Task Pipeline()
    {
        var said = await SampleProcess.Demonstrate("Pipeline", _folder.Path);

        Assert.Matches(@"^[0-9.]+ ?% of the test images are right; the first is a [a-z]+ \([0-9]+ ?%\)\.$", said[^1]);
        Assert.Equal(["data", "student.zip"], Written("pipeline"));
        Assert.NotNull(new MLContext().Model.Load(_folder["pipeline/student.zip"], out _));
    }

    [Fact]
    public async Task Import()
    {
        var said = await SampleProcess.Demonstrate("OnnxTeacherImport", _folder.Path);

        Assert.Contains(said, line => line.StartsWith("Taken: normalisation ", StringComparison.Ordinal));
        Assert.Contains("Student resnet8 on 40 images by KnowledgeDistillation and AttentionTransfer.", said);
        Assert.Equal(["data", "report.html", "report.json", "student.onnx", "student.zip"], Written("import"));
        Assert.Equal("resnet8", ImageClassifier.FromOnnx(_folder["import/student.onnx"]).Name);
    }

    [Fact]
    public async Task Builder()
    {
        var said = await SampleProcess.Demonstrate("ModelBuilder", _folder.Path);

        Assert.Contains(said, line => line.StartsWith("PictureModel.mlnet: ", StringComparison.Ordinal));
        Assert.Contains(said, line => line.StartsWith("ObjectModel.mlnet: mAP50 ", StringComparison.Ordinal));
        Assert.Equal(["ObjectModel.mlnet", "PictureModel.mlnet", "data"], Written("modelbuilder"));
        foreach (var model in new[] { "ObjectModel.mlnet", "PictureModel.mlnet" })
            Assert.NotNull(new MLContext().Model.Load(_folder[$"modelbuilder/{model}"], out _));
    }

    // Its share is an option of its own.
    [Theory]
    [InlineData("classification", 2)]
    [InlineData("detection", 1)]
    public async Task App(string task, int fewestClasses)
    {
        using var app = AppProcess.Start(_folder.Path, "--task", task, "--drawings", "24", "--epochs", "1");
        using var client = await AppClient.Connect(app.Url);

        var version = await client.Train();

        Assert.True(version.Classes.Length >= fewestClasses);
        Assert.Equal(24, version.TrainedOn + version.HeldOut);
        Assert.Equal(24, Directory.GetFiles(_folder["images"]).Length);
        Assert.Equal([".onnx", ".zip"], Directory.GetFiles(_folder["models"]).Select(Path.GetExtension).Order(StringComparer.Ordinal));
        Assert.Equal(version.Id, (await client.State()).Service);
    }

    [Fact]
    public async Task AShareThatIsNoneIsRefused()
    {
        var (code, _, errors) = await SampleProcess.Start("ModelBuilder", _folder.Path, [], ("SAMPLE_ARTIFACTS", _folder.Path), ("SAMPLE_SHARE", "5%"));

        Assert.Equal((2, "error: The environment variable SAMPLE_SHARE is '5%'; expected a number above 0, up to 1, such as .05."), (code, errors.TrimEnd()));
    }

    private IEnumerable<string?> Written(string sample) => Directory.EnumerateFileSystemEntries(_folder[sample]).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private JsonNode Report(string sample) => JsonNode.Parse(File.ReadAllText(_folder[$"{sample}/report.json"]))!;
}
