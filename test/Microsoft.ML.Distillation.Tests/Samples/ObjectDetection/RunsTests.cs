using System.Text.Json.Nodes;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;
using Samples.Common.Drawing;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

/// <summary>The whole job on a few small scenes.</summary>
public sealed class RunsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARunLeavesAModelAReportAndPictures()
    {
        var report = Run("--teacher", "yolov5n", "--teacher-epochs", "2");

        Assert.Equal(["pictures", "report.html", "report.json", "student.onnx", "student.zip", "teacher.onnx"], Names());
        Assert.Equal(2, Directory.GetFiles(_folder["out/pictures"], "*.png").Length);
        Assert.Equal("object detection", (string?)report["task"]);
        Assert.Equal(("scenes", 4, 2), ((string?)report["dataset"]!["name"], (int)report["dataset"]!["train"]!, (int)report["dataset"]!["test"]!));
        foreach (var model in new[] { "teacher", "baseline", "distilled" })
        {
            Assert.InRange((double)report[model]!["mAP50"]!, 0, 1);
            Assert.InRange((double)report[model]!["mAP"]!, 0, 1);
            Assert.InRange((long)report[model]!["parameters"]!, 1_700_000, 1_900_000);
            Assert.InRange((long)report[model]!["modelBytes"]!, 4_000_000, 9_000_000);
            Assert.True((double)report[model]!["latencyMs"]! > 0);
        }
        Assert.Equal([3], report["seeds"]!.AsArray().Select(seed => (int)seed!));
        Assert.Equal((double)report["distilled"]!["mAP"]! - (double)report["baseline"]!["mAP"]!, (double)report["gains"]!.AsArray().Single()!, 1e-9);
        Assert.Null(report["verdict"]);
        Assert.Contains("YoloFeatureDistillation", (string?)report["options"]!["methods"], StringComparison.Ordinal);
    }

    [Fact]
    public void ATeacherFromAFileIsMeasured()
    {
        Run("--teacher", "yolov5n", "--teacher-epochs", "1");
        File.Move(_folder["out/student.onnx"], _folder["own.onnx"]);

        var report = Run("--teacher", _folder["own.onnx"]);

        Assert.InRange((double)report["teacher"]!["mAP50"]!, 0, 1);
        Assert.InRange((long)report["teacher"]!["parameters"]!, 1_700_000, 1_900_000);
        Assert.Equal(new FileInfo(_folder["own.onnx"]).Length, (long)report["teacher"]!["modelBytes"]!);
        Assert.True((double)report["teacher"]!["latencyMs"]! > 0);
    }

    private JsonObject Run(params string[] teacher)
    {
        if (!Directory.Exists(_folder["scenes"]))
            Scenes();
        Directory.CreateDirectory(_folder["out"]);
        var options = OptionParser.Parse([
            "--data", _folder["scenes"], "--out", _folder["out"], "--size", "64", "--epochs", "2", "--batch", "2", "--limit", "4", "--threads", "1", "--seed", "3", "--method", "yolo-feature", .. teacher]);
        var ml = new MLContext(options.Seed);
        var data = DataSource.Open(ml, options, _ => { }, CancellationToken.None);
        new Runs(ml, options, data, new ProgressDisplay(), CancellationToken.None).Carry();
        return JsonNode.Parse(File.ReadAllText(_folder["out/report.json"]))!.AsObject();
    }

    private void Scenes()
    {
        foreach (var (split, count) in new[] { ("train", 4), ("test", 2) })
            SceneFiles.Write(_folder[$"scenes/{split}"], count, 1, 1, CancellationToken.None);
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_folder["out"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
