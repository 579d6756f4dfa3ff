using Microsoft.ML.Distillation;
using Samples.Common;

namespace Samples.ObjectDetection;

/// <summary>Reads the command line, and reports everything that is wrong with it together.</summary>
internal sealed class OptionParser
{
    /// <summary>Students take images whose sides are multiples of this.</summary>
    private const int Stride = 32;

    public const string Help = """
        Distils a big object detector into a small one, and measures what that brought.

          --data FOLDER-or-zip      annotated images in the format of COCO, PASCAL VOC, YOLO or VoTT, in folders or lists for train, valid and test, or without
                                    any (then split 80/20); without it the sample draws its own scenes
          --limit N                 training images of the student (drawn images: 300 of 600)
          --teacher FILE.onnx       a detector that this library exported; or an architecture, trained here on all training images (yolov5s)
          --teacher-epochs N        of a teacher trained here (20 on drawn images, else the student's)
          --student NAME            yolov5n, retinanet_resnet18 and others (yolov5n)
          --size N                  height and width of the student's input, a multiple of 32 (128 on drawn images, else 320)
          --method NAME             yolo-feature, yolo-output, fgd or at (yolo-feature)
          --epochs N                (30)
          --seed N --seeds N        the first seed, and how many (1, 1)
          --batch N                 images a training step (8 on drawn images, else 16)
          --precision P             float32, bfloat16 or auto: what networks compute with in training (float32)
          --threads N               (all cores)
          --out FOLDER              for student.zip, student.onnx, report.json, report.html and pictures/ (artifacts/detection)
        """;

    private static readonly HashSet<string> _names =
    [
        "--data", "--limit", "--teacher", "--teacher-epochs", "--student", "--size", "--method", "--epochs", "--seed", "--seeds", "--batch", "--precision", "--threads", "--out",
    ];

    private readonly Arguments _arguments = new();

    /// <exception cref="OptionException">One line a fault.</exception>
    public static SampleOptions Parse(string[] arguments)
    {
        var parser = new OptionParser();
        var options = new SampleOptions();
        options.Help = parser._arguments.Read(arguments, _names, (name, value) => parser.Set(options, name, value));
        parser._arguments.RequireNoFaults();
        return options;
    }

    private void Set(SampleOptions options, string name, string value)
    {
        switch (name)
        {
            case "--data": options.Data = value; break;
            case "--teacher": options.Teacher = value; break;
            case "--out": options.Out = value; break;
            case "--limit": options.Limit = _arguments.Whole(name, value, 2); break;
            case "--epochs": options.Epochs = _arguments.Whole(name, value, 1); break;
            case "--teacher-epochs": options.TeacherEpochs = _arguments.Whole(name, value, 1); break;
            case "--seeds": options.Seeds = _arguments.Whole(name, value, 1); break;
            case "--batch": options.Batch = _arguments.Whole(name, value, 2); break;
            case "--precision": options.Precision = _arguments.Choice<Precision>(name, value); break;
            case "--threads": options.Threads = _arguments.Whole(name, value, 1); break;
            case "--seed": options.Seed = _arguments.Whole(name, value, 0); break;
            case "--size": options.Size = Side(name, value); break;
            case "--method": options.Method = _arguments.Attempt(name, () => MethodChoice.Parse(value)) ?? options.Method; break;
            case "--student": options.Student = _arguments.Attempt(name, () => ObjectDetector.Parse(value)) ?? options.Student; break;
        }
    }

    private int Side(string name, string value)
    {
        var side = _arguments.Whole(name, value, Stride);
        if (side % Stride != 0)
            _arguments.Add($"{name} is {side}; expected a multiple of {Stride}, such as {side / Stride * Stride}.");
        return side;
    }
}
