using Microsoft.ML.Distillation;
using Samples.Common;

namespace Benchmarks;

/// <summary>What to predict with, and for how long.</summary>
internal sealed class PredictOptions
{
    public const string HelpText = """
        Measures how many images a second a student predicts, a JSON object a line: through a PredictionEngine (engine), a data view (transform), many rows at a time (bulk), and in bare ONNX Runtime
        (onnx float32, float16, int8, and int8 whole, whose first and last layers are in 8 bits too; and the teacher's; onnx side by side is float32 in runs of one thread, as many at a time as there are
        processors). At the end ratios, as medians of rounds in which all were measured in turn.
        Images are noise and are in memory, students have learned next to nothing: only times are of interest.

          --student NAME --teacher NAME    classifiers, or both detectors (resnet20, none)
          --size N                         width and height of the images (the student's own)
          --batches N,N,…                  images at a time (1,32)
          --images N                       images of a data view, which transform and bulk go through from beginning to end (64)
          --seconds S                      how long each is measured (1)
          --rounds N                       times through all (3)
        """;

    private static readonly HashSet<string> _names = ["--student", "--teacher", "--size", "--batches", "--images", "--seconds", "--rounds"];

    public ImageClassifier Student { get; private set; } = ImageClassifier.ResNet20;

    public ImageClassifier? Teacher { get; private set; }

    /// <summary>In place of <see cref="Student"/>.</summary>
    public ObjectDetector? Detector { get; private set; }

    /// <summary>In place of <see cref="Teacher"/>.</summary>
    public ObjectDetector? DetectorTeacher { get; private set; }

    public string StudentName => Detector?.Name ?? Student.Name;

    public string? TeacherName => DetectorTeacher?.Name ?? Teacher?.Name;

    public ImageSize Size { get; private set; }

    public IReadOnlyList<int> Batches { get; private set; } = [1, 32];

    public int Images { get; private set; } = 64;

    public double Seconds { get; private set; } = 1;

    public int Rounds { get; private set; } = 3;

    public bool Help { get; private set; }

    public static PredictOptions Parse(string[] arguments)
    {
        var options = new PredictOptions();
        var reader = new Arguments();
        int? side = null;
        options.Help = reader.Read(arguments, _names, (name, value) =>
        {
            switch (name)
            {
                case "--student" when ObjectDetector.Knows(value): options.Detector = ObjectDetector.Parse(value); break;
                case "--student": options.Student = reader.Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Student; break;
                case "--teacher" when ObjectDetector.Knows(value): options.DetectorTeacher = ObjectDetector.Parse(value); break;
                case "--teacher": options.Teacher = reader.Attempt(name, () => ImageClassifier.Parse(value)); break;
                case "--size": side = reader.Whole(name, value, 8); break;
                case "--batches": options.Batches = [.. value.Split(',').Select(part => reader.Whole(name, part, 1)).Prepend(1).Distinct()]; break;
                case "--images": options.Images = reader.Whole(name, value, 1); break;
                case "--seconds": options.Seconds = reader.Number(name, value, seconds => seconds > 0, "above 0"); break;
                case "--rounds": options.Rounds = reader.Whole(name, value, 1); break;
            }
        });
        if (options.TeacherName is not null && options.Detector is null != options.DetectorTeacher is null)
            reader.Add($"--teacher is '{options.TeacherName}' and --student is '{options.StudentName}'; both must be classifiers, or both detectors.");
        reader.RequireNoFaults();
        options.Size = side is { } pixels ? new ImageSize(pixels, pixels) : options.Detector?.DefaultImageSize ?? options.Student.DefaultImageSize;
        return options;
    }
}
