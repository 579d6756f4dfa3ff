using Microsoft.ML.Distillation;
using Samples.Common;

namespace Samples.OnnxTeacherImport;

/// <summary>What the command line says.</summary>
internal sealed class ImportOptions
{
    public const string HelpText = """
        Looks at an ONNX image classifier from anywhere, finds out how to ask it, and distils it into a small one by its answers and its feature maps.

          --teacher FILE.onnx     the classifier, or a backbone without scores; without it and --data the sample draws images and trains one
          --data FOLDER-or-zip    class-named folders under train/ and test/, or one level of class-named folders (then split 80/20)
          --list                  only looks, and trains nothing; without --data at the file alone
          --classes A,B,…         the teacher's classes in the order of its outputs, or a text file with one a line; needed where it has more than the data
          --input NAME            the file's input for the image, where it has several
          --output NAME           the file's output with the scores, where it has several
          --student NAME          resnet8 and others (resnet8, for teachers of larger images mobilenet_v2)
          --epochs N              (10; 20 on what it draws, which is little)
          --limit N               training images, evenly by class (all)
          --seed N                (1)
          --threads N             (all cores)
          --out FOLDER            for student.zip, student.onnx, report.json and report.html (artifacts/import)
        """;

    private static readonly HashSet<string> _names =
        ["--teacher", "--data", "--classes", "--input", "--output", "--student", "--epochs", "--limit", "--seed", "--threads", "--out"];

    private readonly Arguments _arguments = new();

    public string? Teacher { get; private set; }

    public string? Data { get; private set; }

    public bool List { get; private set; }

    public IReadOnlyList<string>? Classes { get; private set; }

    public string? Input { get; private set; }

    public string? Output { get; private set; }

    /// <summary>Null: by the size of the teacher's images.</summary>
    public ImageClassifier? Student { get; private set; }

    public int Epochs { get => field > 0 ? field : Teacher is null ? DemoShare.Of(20) : 10; private set; }

    public int Limit { get; private set; } = int.MaxValue;

    public int Seed { get; private set; } = 1;

    /// <summary>Null: all cores.</summary>
    public int? Threads { get; private set; }

    public string Out { get; private set; } = OutputFolder.Default("import");

    public bool Help { get; private set; }

    /// <exception cref="OptionException">One line a fault.</exception>
    public static ImportOptions Parse(string[] arguments)
    {
        var options = new ImportOptions();
        options.Help = options._arguments.Read(arguments, _names, options.Set, "--list");
        if (!options.Help && options.Teacher is null && options.Data is not null)
            options._arguments.Add("--data is given and --teacher is not: name the .onnx file.");
        if (!options.Help && options.Teacher is not null && options.Data is null && !options.List)
            options._arguments.Add("--teacher is given and --data is not: name the images to distil on, or --list to look at the file alone.");
        options._arguments.RequireNoFaults();
        return options;
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--teacher": Teacher = value; break;
            case "--data": Data = value; break;
            case "--list": List = true; break;
            case "--classes": Classes = _arguments.Attempt(name, () => Arguments.Names(value)); break;
            case "--input": Input = value; break;
            case "--output": Output = value; break;
            case "--student": Student = _arguments.Attempt(name, () => ImageClassifier.Parse(value)); break;
            case "--epochs": Epochs = _arguments.Whole(name, value, 1); break;
            case "--limit": Limit = _arguments.Whole(name, value, 2); break;
            case "--seed": Seed = _arguments.Whole(name, value, 0); break;
            case "--threads": Threads = _arguments.Whole(name, value, 1); break;
            case "--out": Out = value; break;
        }
    }
}
