using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Transforms.Image;
using Samples.Common;
using Samples.Common.Images;
using Samples.ImageClassification;

namespace Benchmarks;

/// <summary>Whole epochs of images that were files: what they take, what the time goes to, and what memory; and the reading by itself.</summary>
internal sealed class EpochBenchmark(EpochOptions options, CancellationToken cancellation)
{
    private const string EpochHelp = """
        Measures epochs on images read from files, and where their time goes: data (waiting for the next batch, and bringing it to the device), teacher, student, optimiser. A JSON object a line.
        plain is the student alone, kd asks the teacher in every step; cached-flip keeps its answers where images are flipped and no more, cached-views where every image has one view that
        comes back. Last come medians of ratios to plain, of the last epochs.


        """;

    private const string MemoryHelp = """
        Measures the memory of the process while it trains, epoch by epoch, and how fast it trains with pixels in memory and, beyond --budget, in files that are mapped into it. A JSON object a line.


        """;

    private const string ReadHelp = """
        Measures how many images a second are read from files, decoded, resized to --size and stored, by one thread and by --threads of them in turn. A JSON object a line; last come medians of both, and of their
        ratio.


        """;

    private readonly MLContext _ml = new(1);

    /// <param name="what">Epochs, memory, or the reading alone.</param>
    public static void Run(string[] arguments, string what, CancellationToken cancellation)
    {
        var options = EpochOptions.Parse(arguments);
        var benchmark = new EpochBenchmark(options, cancellation);
        var (help, run) = what switch
        {
            "memory" => (MemoryHelp, benchmark.Memory),
            "read" => (ReadHelp, benchmark.Reading),
            _ => (EpochHelp, (Action)benchmark.Epochs),
        };
        if (options.Help)
            Console.Out.WriteLine(help + EpochOptions.HelpText);
        else
            run();
    }

    private void Reading()
    {
        var (data, _) = Data();
        var rates = new Dictionary<int, List<double>> { [1] = [], [options.Threads] = [] };
        Read(data, PixelStore.DefaultMemoryBudget, 1, warmUp: true).Store.Dispose();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (threads, list) in rates)
            {
                var (store, rate) = Read(data, PixelStore.DefaultMemoryBudget, threads);
                store.Dispose();
                list.Add(rate);
            }
        }
        using var process = Process.GetCurrentProcess();
        new Measured($"{options.Threads} threads / 1") { Figures = new Dictionary<string, double>
        {
            ["ratio"] = Math.Round(Measured.Median(rates[options.Threads].Zip(rates[1], (many, one) => many / one)), 2), ["one"] = Math.Round(Measured.Median(rates[1]), 1),
            ["many"] = Math.Round(Measured.Median(rates[options.Threads]), 1), ["peakMiB"] = Mebibytes(process.PeakWorkingSet64),
        } }.Print();
    }

    private void Epochs()
    {
        using var threads = new ThreadLimit(options.Threads);
        var (data, classNames) = Data();
        using var store = Read(data, PixelStore.DefaultMemoryBudget, options.Threads).Store;
        var teacher = EpochTimes.UntrainedTeacher(options.Teacher, classNames, options.Size);
        var (augmented, flipped) = (new ImageAugmentation(), new ImageAugmentation { CropPadding = 0 });
        var last = new Dictionary<string, List<double>>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            Train("plain", round, null, augmented, null);
            Train("kd", round, teacher, augmented, null);
            Train("cached-flip", round, teacher, flipped, new TeacherCacheOptions());
            Train("cached-views", round, teacher, augmented, new TeacherCacheOptions { Views = 1 });
        }
        foreach (var (config, seconds) in last)
            new Measured($"{config} / plain") { Figures = new Dictionary<string, double> { ["ratio"] = Math.Round(Measured.Median(seconds.Zip(last["plain"], (own, plain) => own / plain)), 3) } }.Print();

        void Train(string config, int round, Teacher? asked, ImageAugmentation augmentation, TeacherCacheOptions? cache)
        {
            var epochs = new EpochTimes(options, store, classNames, cancellation).Measure(asked, augmentation, cache);
            foreach (var epoch in epochs)
                Line(config, round, epoch, asked is null ? null : options.Teacher.Name);
            if (!last.TryGetValue(config, out var list))
                last.Add(config, list = []);
            list.Add(epochs[^1].Seconds);
        }
    }

    private void Memory()
    {
        using var threads = new ThreadLimit(options.Threads);
        var (data, classNames) = Data();
        var rates = new Dictionary<string, List<double>> { ["memory"] = [], ["files"] = [] };
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (config, budget) in new[] { ("files", options.Budget), ("memory", PixelStore.DefaultMemoryBudget) })
            {
                // One at a time: resident memory is of that one.
                using var store = Read(data, budget, options.Threads).Store;
                using var cold = options.Cold && config == "files" ? new ColdFiles() : null;
                var epochs = new EpochTimes(options, store, classNames, cancellation).Measure(null, new ImageAugmentation(), null);
                foreach (var epoch in epochs)
                    Line(config, round, epoch, null);
                if (cold is not null)
                    new Measured("read from disks") { Round = round, Figures = new Dictionary<string, double> { ["MiB"] = Mebibytes(cold.Read), ["pixelsMiB"] = Mebibytes((long)store.Count * store.RowBytes * options.Epochs) } }.Print();
                rates[config].Add(Measured.Median(epochs.Skip(1).Select(epoch => epoch.ImagesPerSecond)));
            }
        }
        using var process = Process.GetCurrentProcess();
        new Measured("files / memory") { Figures = new Dictionary<string, double>
        {
            ["ratio"] = Math.Round(Measured.Median(rates["files"].Zip(rates["memory"], (files, memory) => files / memory)), 3), ["peakMiB"] = Mebibytes(process.PeakWorkingSet64),
        } }.Print();
    }

    private (IDataView Data, IReadOnlyList<string> ClassNames) Data()
    {
        var display = new ProgressDisplay();
        var sample = new SampleOptions { Data = options.Data, Out = options.Out };
        OutputFolder.Require(options.Out);
        var dataset = DataSource.Open(options.Data, options.Out, sample.Seed, display.Say, cancellation);
        var training = new Training(_ml, sample, dataset, display, cancellation);
        return (training.ImageView(dataset.FirstOfEachClass(options.Limit)), dataset.Classes);
    }

    private (PixelStore Store, double Rate) Read(IDataView data, long budget, int threads, bool warmUp = false)
    {
        var watch = Stopwatch.StartNew();
        var store = new PixelStore(options.Size, budget, Path.GetTempPath());
        var label = LabelColumn.Find(data.Schema, "Label");
        var preparation = new ImagePreparation(_ml, "Image", options.Size, ImageResizingEstimator.ResizingKind.IsoCrop);
        ImageReader.Read(data, preparation, label, store, "training", null, cancellation, threads: threads);
        var rate = store.Count / watch.Elapsed.TotalSeconds;
        new Measured(warmUp ? "reading, not counted" : "reading", Math.Round(rate, 1)) { Threads = threads, Figures = new Dictionary<string, double> { ["pixelsMiB"] = Mebibytes((long)store.Count * store.RowBytes) } }.Print();
        return (store, rate);
    }

    private void Line(string config, int round, EpochTime epoch, string? teacher) => new Measured(config, Math.Round(epoch.ImagesPerSecond, 1))
    {
        Student = options.Student.Name, Teacher = teacher, Batch = options.Batch, Round = round, Threads = options.Threads,
        Phases = epoch.Phases.ToDictionary(p => p.Key, p => Math.Round(p.Value, 3)),
        Figures = new Dictionary<string, double> { ["dataShare"] = Math.Round(epoch.Phases["data"] / epoch.Seconds, 4), ["residentMiB"] = Mebibytes(epoch.Resident) },
    }.Print();

    private static double Mebibytes(long bytes) => Math.Round(bytes / (double)(1 << 20), 1);
}
