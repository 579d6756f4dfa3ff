using Benchmarks.RetrainingApp;

namespace Microsoft.ML.Distillation.Tests.Samples.RetrainingApp;

/// <summary>A folder keeps to what it was begun with.</summary>
public sealed class TaskTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Theory]
    [InlineData("classification", "detection")]
    [InlineData("detection", "classification")]
    public void AFolderOfTheOtherTaskIsRefused(string kept, string asked)
    {
        using (AppProcess.Start(_data.Path, "--drawings", "0", "--task", kept))
        {
        }

        var (exitCode, said) = AppProcess.Run(_data.Path, null, "--urls", "http://127.0.0.1:0", "--drawings", "0", "--task", asked);

        Assert.Equal(2, exitCode);
        Assert.Contains($"is the folder of a {kept} app, and --task is {asked}: give this one a folder of its own, or start it with --task {kept}.", said, StringComparison.Ordinal);
        using var again = AppProcess.Start(_data.Path, "--drawings", "0", "--task", kept);
    }

    [Theory]
    [InlineData("--size is 100; a detector's is a multiple of 32.", "--size", "100")]
    [InlineData("expected one of yolov5n, yolov5s, yolov5m, yolov5l, yolov5x.", "--student", "retinanet_resnet18")]
    [InlineData("Detector 'resnet20' is not known.", "--student", "resnet20")]
    [InlineData("--teacher-classes is given and --teacher is not: name the .onnx file.", "--teacher-classes", "widget")]
    [InlineData("--score is '2'; expected a number from 0 to 1.", "--score", "2")]
    public void OptionsThatADetectorHasNot(string fault, string option, string value)
    {
        var (exitCode, said) = AppProcess.Run(_data.Path, null, "--urls", "http://127.0.0.1:0", "--task", "detection", option, value);

        Assert.Equal(2, exitCode);
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();
}
