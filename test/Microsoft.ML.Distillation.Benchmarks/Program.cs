using Benchmarks;
using Samples.Common;

const string help = """
    methods   trains every distillation method against the same baseline, and prints mean and deviation of what each gains; build/bench.sh methods --help
    detection trains every distillation method of detectors likewise; build/bench.sh detection --help
    quantize  trains a student alone and distilled, brings both to 8 bits, and prints accuracy, size and time; build/bench.sh quantize --help
    quantize-detection   the same of a detector; build/bench.sh quantize-detection --help
    verdict   asks the library whether distillation helped, with a teacher and with one that knows nothing; build/bench.sh verdict --help
    steps     measures training steps: images a second, in float32 and bfloat16, with and without a teacher; build/bench.sh steps --help
    epoch     measures epochs on images read from files, and what their time goes to; build/bench.sh epoch --help
    read      measures how fast images are read from files, by one thread and by several; build/bench.sh read --help
    memory    measures a training's memory, and its speed where the images don't fit into it; build/bench.sh memory --help
    predict   measures how many images a second a student predicts, one at a time and many, in floats and in smaller numbers; build/bench.sh predict --help
    kernels   measures the library's own kernels one by one, a program of its own; build/bench.sh kernels --help
    soak      kills training processes and sees whether they come through; trains and predicts for long and sees whether memory stays flat; build/soak.sh --help
    """;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};
try
{
    switch (args.FirstOrDefault())
    {
        case "methods":
            MethodsBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "quantize":
            QuantizeBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "quantize-detection":
            QuantizeDetectionBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "steps":
            StepsBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "epoch" or "memory" or "read":
            EpochBenchmark.Run(args[1..], args[0], cancellation.Token);
            return 0;
        case "predict":
            PredictBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "detection":
            DetectionBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "verdict":
            VerdictBenchmark.Run(args[1..], cancellation.Token);
            return 0;
        case "soak":
            return Soak.Run(args[1..], cancellation.Token);
        case null or "--help":
            Console.Out.WriteLine(help);
            return 0;
        default:
            Console.Error.WriteLine($"error: there is no benchmark '{args[0]}'. There are:{Environment.NewLine}{help}");
            return 2;
    }
}
catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped. What was finished is in the results file; the same command goes on from there.");
    return 130;
}
catch (Exception e) when (e is OptionException or ArgumentException or InvalidOperationException or IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or FormatException)
{
    Console.Error.WriteLine($"error: {OptionException.Plain(e)}");
    return 2;
}
