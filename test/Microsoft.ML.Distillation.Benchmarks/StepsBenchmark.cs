using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Training;
using Samples.Common;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>Images a second of training steps on pixels that are in memory already, with nothing to wait for: the loop itself, batches, losses, optimiser and watching among it.</summary>
internal sealed class StepsBenchmark(StepsOptions options, CancellationToken cancellation)
{
    private readonly Dictionary<string, List<double>> _own = [];
    private readonly Dictionary<string, List<double>> _others = [];

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var options = StepsOptions.Parse(arguments);
        if (options.Help)
            Console.Out.WriteLine(StepsOptions.HelpText);
        else
            new StepsBenchmark(options, cancellation).Carry();
    }

    private void Carry()
    {
        using var threads = new ThreadLimit(options.Threads);
        var device = options.Device == "cuda" ? CUDA : CPU;
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var config in options.Configs)
            {
                cancellation.ThrowIfCancellationRequested();
                var rate = new SyntheticSteps(options, config, device, cancellation).Measure();
                Note(_own, config, rate);
                new Measured(config, Math.Round(rate, 1))
                {
                    Student = options.Student.Name, Teacher = options.TeacherName, Batch = options.Batch, Round = round, Threads = options.Threads,
                }.Print();
            }
            if (options.Against is { } command)
                Compete(command);
        }
        if (options.Against is not null)
            Compare();
    }

    private void Compete(string command)
    {
        var arguments = FormattableString.Invariant(
            $"--student {options.Student.Name} --teacher {options.TeacherName} --batch {options.Batch} --threads {options.Threads} --steps {options.Steps} --device {options.Device}");
        foreach (var (config, rate, line) in Competitor.Run($"{command} {arguments}", cancellation))
        {
            Note(_others, config, rate);
            Console.Out.WriteLine(line);
        }
    }

    // Round by round: what else the machine did met both sides alike.
    private void Compare()
    {
        foreach (var (config, own) in _own)
        {
            foreach (var (name, other) in _others.Where(other => SyntheticSteps.HasTeacher(other.Key) == SyntheticSteps.HasTeacher(config) && other.Value.Count == own.Count))
                new Measured($"{config} / {name}") { Figures = new Dictionary<string, double> { ["ratio"] = Math.Round(Measured.Median(own.Zip(other, (ours, theirs) => ours / theirs)), 3) } }.Print();
        }
    }

    private static void Note(Dictionary<string, List<double>> rates, string config, double rate)
    {
        if (!rates.TryGetValue(config, out var list))
            rates.Add(config, list = []);
        list.Add(rate);
    }
}

/// <summary>What to measure, and how often.</summary>
internal sealed class StepsOptions
{
    public const string HelpText = """
        Measures training steps on synthetic 32×32 images of 100 classes, in images a second: a JSON object a line. Configurations: fp32-plain and fp32-kd compute in float32, tuned-plain and tuned-kd in
        bfloat16; plain is the student alone, kd asks the teacher in every step; cached-kd is tuned-kd with the teacher's answers kept.

          --student NAME --teacher NAME    (resnet8x4, resnet32x4); or FILE.onnx, a classifier of 32×32 images, whose number of
                                           classes the student then has
          --engine E                       what runs that file: onnxruntime, torchsharp or auto (auto)
          --batch N                        (64)
          --threads N                      (all cores)
          --steps N                        steps of a block; the rate is the median of five blocks, after three steps to warm up (5)
          --rounds N                       times through all configurations (3)
          --configs A,B,…                  only these
          --device cpu or cuda             (cpu)
          --against COMMAND                another program that takes --student, --teacher, --batch, --threads, --steps and --device and prints such lines: it is run in turn with
                                           each round, and medians of ratios are printed at the end
        """;

    private static readonly HashSet<string> _names = ["--student", "--teacher", "--engine", "--batch", "--threads", "--steps", "--rounds", "--configs", "--device", "--against"];

    public ImageClassifier Student { get; private set; } = ImageClassifier.ResNet8x4;

    public ImageClassifier Teacher { get; private set; } = ImageClassifier.ResNet32x4;

    /// <summary>Somebody's teacher, instead of one that is made here; null for none.</summary>
    public OnnxTeacher? TeacherFile { get; private set; }

    public OnnxTeacherEngine Engine { get; private set; }

    public string TeacherName { get; private set; } = ImageClassifier.ResNet32x4.Name;

    public int Batch { get; private set; } = 64;

    public int Threads { get; private set; } = Environment.ProcessorCount;

    public int Steps { get; private set; } = 5;

    public int Rounds { get; private set; } = 3;

    public IReadOnlyList<string> Configs { get; private set; } = SyntheticSteps.Configs;

    public string Device { get; private set; } = "cpu";

    public string? Against { get; private set; }

    public bool Help { get; private set; }

    public static StepsOptions Parse(string[] arguments)
    {
        var rest = new List<string>(arguments);
        var options = new StepsOptions { Configs = CommandLine.TakeSome(rest, "--configs", SyntheticSteps.Configs, config => config) };
        var reader = new Arguments();
        var (file, engine) = ((string?)null, (string?)null);
        options.Help = reader.Read([.. rest], _names, (name, value) =>
        {
            switch (name)
            {
                case "--student": options.Student = reader.Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Student; break;
                case "--teacher" when value.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase): file = value; break;
                case "--engine": (engine, options.Engine) = (value, reader.Choice<OnnxTeacherEngine>(name, value)); break;
                case "--teacher": options.Teacher = reader.Attempt(name, () => ImageClassifier.Parse(value)) ?? options.Teacher; break;
                case "--batch": options.Batch = reader.Whole(name, value, 2); break;
                case "--threads": options.Threads = reader.Whole(name, value, 1); break;
                case "--steps": options.Steps = reader.Whole(name, value, 1); break;
                case "--rounds": options.Rounds = reader.Whole(name, value, 1); break;
                case "--against": options.Against = value; break;
                case "--device" when value is "cpu" or "cuda": options.Device = value; break;
                case "--device": reader.Add($"{name} is '{value}'; expected cpu or cuda."); break;
            }
        });
        if (engine is not null && file is null)
            reader.Add("--engine runs an ONNX file; --teacher names none.");
        if (file is not null)
            options.TeacherFile = reader.Attempt("--teacher", () => OnnxTeacher.FromFile(file, new OnnxTeacherOptions { Normalization = ImageNormalization.Cifar10, Engine = options.Engine }));
        options.TeacherName = file is null ? options.Teacher.Name : $"{Path.GetFileName(file)} in {options.Engine}";
        reader.RequireNoFaults();
        return options;
    }
}
