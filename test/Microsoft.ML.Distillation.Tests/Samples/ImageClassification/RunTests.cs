using System.Text.Json.Nodes;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Samples.ImageClassification;

/// <summary>The whole job on a few small images.</summary>
public sealed class RunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ARunLeavesAModelAndAReport()
    {
        LabelledFolders.Write(_folder["images"], Drawn.Rows(36), Drawn.Rows(12, seed: 2));

        var said = await SampleProcess.Run(
            "ImageClassification", _folder.Path, "--data", _folder["images"], "--out", _folder["out"], "--teacher", "resnet8", "--teacher-epochs", "1", "--epochs", "1", "--batch", "12", "--threads", "1");

        Assert.Contains(said, line => line.StartsWith("Saved and reloaded: the same scores on all 12 test images.", StringComparison.Ordinal));
        Assert.Equal(
            ["report.html", "report.json", "student.onnx", "student.zip", "teacher.onnx"], Directory.EnumerateFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var report = JsonNode.Parse(File.ReadAllText(_folder["out/report.json"]))!;
        Assert.Equal((36, 12), ((int)report["dataset"]!["train"]!, (int)report["dataset"]!["test"]!));
        foreach (var model in new[] { "teacher", "baseline", "distilled" })
            Assert.InRange((double)report[model]!["accuracy"]!, 0, 1);
    }
}
