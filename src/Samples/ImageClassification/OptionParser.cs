using System.Globalization;
using Microsoft.ML.Distillation;
using Samples.Common;

namespace Samples.ImageClassification;

/// <summary>Reads the command line, and reports everything that is wrong with it together.</summary>
internal sealed class OptionParser
{
    public const string Help = """
        Distils a big image classifier into a small one, and measures what that brought.

          --data FOLDER-or-zip      class-named folders under train/ and test/, or one level of class-named folders (then split 80/20);
                                    without it the sample draws its own images
          --limit N                 training images of the student, evenly by class (drawn images: 1000 of 5000)
          --teacher FILE.onnx       an image classifier; or an architecture, trained here on all training images (resnet20)
          --teacher-classes A,B,…   the teacher's classes in its own order, or a text file with one a line
          --teacher-normalization   imagenet, cifar10, zero-one, minus-one-one, raw, or MEAN/STD such as .49,.48,.45/.25,.24,.26
          --teacher-epochs N        of a teacher trained here (5 on drawn images, else the student's)
          --student NAME            resnet8 and others (resnet8)
          --epochs N                (20 on drawn images, else 10)
          --temperature T --alpha A of Hinton's distillation (4, 0.9)
          --seed N --seeds N        the first seed, and how many (1, 1)
          --batch N                 images a training step (32 on drawn images, else 128)
          --precision P             float32, bfloat16 or auto: what networks compute with in training (float32)
          --threads N               (all cores)
          --out FOLDER              for student.zip, student.onnx, report.json and report.html (artifacts/sample)
        """;

    private readonly Arguments _arguments = new();

    private static readonly Dictionary<string, ImageNormalization> _normalizations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["imagenet"] = ImageNormalization.ImageNet,
        ["cifar10"] = ImageNormalization.Cifar10,
        ["zero-one"] = ImageNormalization.ZeroToOne,
        ["minus-one-one"] = ImageNormalization.MinusOneToOne,
        ["raw"] = ImageNormalization.Raw,
    };

    /// <exception cref="OptionException">One line a fault.</exception>
    public static SampleOptions Parse(string[] arguments)
    {
        var parser = new OptionParser();
        var options = new SampleOptions();
        options.Help = parser._arguments.Read(arguments, _names, (name, value) => parser.Set(options, name, value));
        parser._arguments.RequireNoFaults();
        return options;
    }

    private static readonly HashSet<string> _names =
    [
        "--data", "--limit", "--teacher", "--teacher-classes", "--teacher-normalization", "--teacher-epochs", "--student", "--epochs", "--temperature", "--alpha",
        "--seed", "--seeds", "--batch", "--precision", "--threads", "--out",
    ];

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
            case "--temperature": options.Temperature = _arguments.Number(name, value, t => t > 0, "above 0"); break;
            case "--alpha": options.Alpha = _arguments.Number(name, value, a => a is >= 0 and <= 1, "from 0 to 1"); break;
            case "--teacher-classes": options.TeacherClasses = _arguments.Attempt(name, () => Arguments.Names(value)); break;
            case "--teacher-normalization": options.TeacherNormalization = _arguments.Attempt(name, () => Normalization(value)); break;
            case "--student": options.Student = _arguments.Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Student; break;
        }
    }

    private static ImageNormalization Normalization(string value)
    {
        if (_normalizations.TryGetValue(value, out var named))
            return named;
        var parts = value.Split('/');
        if (parts.Length != 2)
            throw new FormatException($"'{value}' is none of {string.Join(", ", _normalizations.Keys)}, nor three means, a slash and three deviations.");
        return ImageNormalization.Custom(Channels(parts[0]), Channels(parts[1]));
    }

    private static float[] Channels(string text)
    {
        float[] values = [.. text.Split(',').Select(part => float.Parse(part, NumberStyles.Float, CultureInfo.InvariantCulture))];
        return values.Length == 3 ? values : throw new FormatException($"'{text}' has {values.Length} values; expected three, for red, green and blue.");
    }
}
