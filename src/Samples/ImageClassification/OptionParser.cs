using System.Globalization;
using Microsoft.ML.Distillation;

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
          --threads N               (all cores)
          --out FOLDER              for student.zip, student.onnx, report.json and report.html (artifacts/sample)
        """;

    private readonly List<string> _faults = [];

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
        var options = parser.Read(arguments);
        if (parser._faults.Count > 0)
            throw new OptionException(string.Join(Environment.NewLine, parser._faults) + Environment.NewLine + "  --help lists the options.");
        return options;
    }

    private SampleOptions Read(string[] arguments)
    {
        var options = new SampleOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name is "--help" or "-h" or "-?")
            {
                options.Help = true;
                continue;
            }
            if (!_names.Contains(name))
            {
                _faults.Add($"'{name}' is not an option of this sample.");
                continue;
            }
            if (value is null && i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = arguments[++i];
            if (string.IsNullOrEmpty(value))
                _faults.Add($"{name} needs a value.");
            else
                Set(options, name, value);
        }
        return options;
    }

    private static readonly HashSet<string> _names =
    [
        "--data", "--limit", "--teacher", "--teacher-classes", "--teacher-normalization", "--teacher-epochs", "--student", "--epochs", "--temperature", "--alpha",
        "--seed", "--seeds", "--batch", "--threads", "--out",
    ];

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private void Set(SampleOptions options, string name, string value)
    {
        switch (name)
        {
            case "--data": options.Data = value; break;
            case "--teacher": options.Teacher = value; break;
            case "--out": options.Out = value; break;
            case "--limit": options.Limit = Whole(name, value, 2); break;
            case "--epochs": options.Epochs = Whole(name, value, 1); break;
            case "--teacher-epochs": options.TeacherEpochs = Whole(name, value, 1); break;
            case "--seeds": options.Seeds = Whole(name, value, 1); break;
            case "--batch": options.Batch = Whole(name, value, 2); break;
            case "--threads": options.Threads = Whole(name, value, 1); break;
            case "--seed": options.Seed = Whole(name, value, 0); break;
            case "--temperature": options.Temperature = Number(name, value, t => t > 0, "above 0"); break;
            case "--alpha": options.Alpha = Number(name, value, a => a is >= 0 and <= 1, "from 0 to 1"); break;
            case "--teacher-classes": options.TeacherClasses = Attempt(name, () => ClassNames(value)); break;
            case "--teacher-normalization": options.TeacherNormalization = Attempt(name, () => Normalization(value)); break;
            case "--student": options.Student = Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Student; break;
        }
    }

    private T? Attempt<T>(string name, Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            _faults.Add($"{name}: {OptionException.Plain(e)}");
            return null;
        }
    }

    private int Whole(string name, string value, int least)
    {
        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least)
            return number;
        _faults.Add($"{name} is '{value}'; expected a whole number from {least}.");
        return least;
    }

    private double Number(string name, string value, Predicate<double> allowed, string range)
    {
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && allowed(number))
            return number;
        _faults.Add($"{name} is '{value}'; expected a number {range}.");
        return 1;
    }

    private static IReadOnlyList<string> ClassNames(string value)
        => File.Exists(value)
            ? [.. File.ReadLines(value).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : value.Split(',', StringSplitOptions.TrimEntries);

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
