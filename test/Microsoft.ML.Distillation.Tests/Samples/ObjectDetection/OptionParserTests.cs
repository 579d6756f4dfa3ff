using Samples.Common;
using Samples.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class OptionParserTests
{
    [Fact]
    public void EveryOptionIsRead()
    {
        var options = OptionParser.Parse([
            "--data", "d", "--limit=7", "--teacher", "yolov5m", "--teacher-epochs", "3", "--student", "YOLOv5s", "--size", "160", "--method", "FGD", "--epochs", "4", "--seed", "0", "--seeds", "2",
            "--batch", "8", "--precision", "bfloat16", "--threads", "1", "--out", "o"]);

        Assert.Equal(
            ("d", 7, "yolov5m", 3, "yolov5s", 160, "fgd", 4),
            (options.Data, options.Limit, options.Teacher, options.TeacherEpochs, options.Student.Name, options.Size, options.Method.Name, options.Epochs));
        Assert.Equal(Precision.BFloat16, options.Precision);
        Assert.Equal((0, 2, 8, 1, "o", false), (options.Seed, options.Seeds, options.Batch, options.Threads, options.Out, options.Help));
    }

    [Fact]
    public void FaultsAreReportedTogether()
    {
        var error = Assert.Throws<OptionException>(() => OptionParser.Parse(["--size", "100", "--method", "kd", "--student", "resnet8", "--limit", "1", "--batch", "--precision", "half", "--colour", "x"]));

        Assert.Equal(
            [
                "--size is 100; expected a multiple of 32, such as 96.",
                "--method: 'kd' is not a method of this sample. Choose one of: yolo-feature, yolo-output, fgd, at.",
                "--student: Detector 'resnet8' is not known. Choose one of: yolov5n, yolov5s, yolov5m, yolov5l, yolov5x, retinanet_resnet18, retinanet_resnet34, retinanet_resnet50.",
                "--limit is '1'; expected a whole number from 2.",
                "--batch needs a value.",
                "--precision is 'half'; expected one of float32, bfloat16, auto.",
                "'--colour' is not an option of this sample.",
                "'x' is not an option of this sample.",
                "  --help lists the options.",
            ],
            error.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void HelpNamesEveryOption()
    {
        Assert.True(OptionParser.Parse(["--help"]).Help);
        foreach (var name in new[] { "data", "limit", "teacher", "student", "size", "epochs", "teacher-epochs", "method", "seed", "seeds", "batch", "precision", "threads", "out" })
            Assert.Contains($"--{name} ", OptionParser.Help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yolov5s", false)]
    [InlineData("x.onnx", true)]
    public void ATeacherIsAFileOrAnArchitecture(string teacher, bool isFile) => Assert.Equal(isFile, OptionParser.Parse(["--teacher", teacher]).TeacherIsFile);
}
