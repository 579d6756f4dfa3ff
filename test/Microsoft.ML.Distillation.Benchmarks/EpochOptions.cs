using Microsoft.ML.Distillation;
using Samples.Common;

namespace Benchmarks;

/// <summary>What to train, and on what.</summary>
internal sealed class EpochOptions
{
    public const string HelpText = """
          --data FOLDER-or-zip             class-named folders of JPEG or PNG files; without it the sample's drawings
          --limit N                        training images, evenly by class (all)
          --student NAME --teacher NAME    (resnet20, resnet56); the teacher is not trained, which takes no other time
          --size N                         width and height (the student's own)
          --epochs N                       the first one is not counted (4)
          --batch N                        (64)
          --threads N                      (all cores)
          --precision P                    float32, bfloat16 or auto (auto)
          --budget MIB                     memory for pixels of the memory benchmark's second run, in MiB (0)
          --cold                           the memory benchmark's files are read from the disk again and again, as if they were far larger than memory (Linux)
          --rounds N                       times through all configurations (2)
          --out FOLDER                     where a zip's images go (artifacts/sample)
        """;

    private static readonly HashSet<string> _names = ["--data", "--limit", "--student", "--teacher", "--size", "--epochs", "--batch", "--threads", "--precision", "--budget", "--rounds", "--out"];

    public string? Data { get; private set; }

    public int Limit { get; private set; } = int.MaxValue;

    public ImageClassifier Student { get; private set; } = ImageClassifier.ResNet20;

    public ImageClassifier Teacher { get; private set; } = ImageClassifier.ResNet56;

    public int? Side { get; private set; }

    public int Epochs { get; private set; } = 4;

    public int Batch { get; private set; } = 64;

    public int Threads { get; private set; } = Environment.ProcessorCount;

    public Precision Precision { get; private set; } = Precision.Auto;

    public long Budget { get; private set; }

    public bool Cold { get; private set; }

    public int Rounds { get; private set; } = 2;

    public string Out { get; private set; } = OutputFolder.Default("sample");

    public bool Help { get; private set; }

    public ImageSize Size => Side is { } side ? new ImageSize(side, side) : Student.DefaultImageSize;

    public static EpochOptions Parse(string[] arguments)
    {
        var (options, reader) = (new EpochOptions(), new Arguments());
        options.Help = reader.Read(arguments, _names, (name, value) =>
        {
            switch (name)
            {
                case "--data": options.Data = value; break;
                case "--out": options.Out = value; break;
                case "--limit": options.Limit = reader.Whole(name, value, 2); break;
                case "--student": options.Student = reader.Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Student; break;
                case "--teacher": options.Teacher = reader.Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Teacher; break;
                case "--size": options.Side = reader.Whole(name, value, 8); break;
                case "--epochs": options.Epochs = reader.Whole(name, value, 2); break;
                case "--batch": options.Batch = reader.Whole(name, value, 2); break;
                case "--threads": options.Threads = reader.Whole(name, value, 1); break;
                case "--rounds": options.Rounds = reader.Whole(name, value, 1); break;
                case "--budget": options.Budget = reader.Whole(name, value, 0) * (1L << 20); break;
                case "--cold": options.Cold = true; break;
                case "--precision": options.Precision = reader.Choice<Precision>(name, value); break;
            }
        }, "--cold");
        reader.RequireNoFaults();
        return options;
    }
}
