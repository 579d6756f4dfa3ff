using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Kernels;
using Perfolizer.Horology;
using Samples.Common;
using static TorchSharp.torch;

const string help = """
    Measures the library's own kernels one by one: losses with their gradients, which anchors learn which objects, augmentation, suppression of boxes, quantisation. The table
    is also written to artifacts/kernels.

      --filter GLOB[,GLOB]    only those kernels, such as *Losses* or *.Mixup*
      --quick                 every kernel a few times, on an eighth of what it is usually given and without statistics: whether it runs, and leaves no tensors behind
      --threads N             of libtorch (1)
      --list                  only the kernels' names
    """;

string? filter = null;
var (quick, list, threads) = (false, false, 1);
try
{
    var reader = new Arguments();
    var asked = reader.Read(args, new HashSet<string> { "--filter", "--threads" }, (name, value) =>
    {
        switch (name)
        {
            case "--filter": filter = value; break;
            case "--threads": threads = reader.Whole(name, value, 1); break;
            case "--quick": quick = true; break;
            case "--list": list = true; break;
        }
    }, "--quick", "--list");
    reader.RequireNoFaults();
    if (asked)
    {
        Console.Out.WriteLine(help);
        return 0;
    }
    set_num_threads(threads);
    // Before anything is made.
    Sizes.Small = quick;
    var runs = Runs();
    if (runs.Length == 0)
        throw new ArgumentException($"--filter '{filter}' names no kernel; --list names them all.");
    if (list)
        Console.Out.WriteLine(string.Join(Environment.NewLine, runs.SelectMany(run => run.BenchmarksCases).Select(kernel => kernel.Descriptor.GetFilterName()).Distinct()));
    else if (quick)
        QuickRun.Run(runs.SelectMany(run => run.BenchmarksCases));
    else
        return BenchmarkRunner.Run(runs).Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    return 0;
}
catch (Exception e) when (e is OptionException or ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine($"error: {OptionException.Plain(e)}");
    return 2;
}

BenchmarkRunInfo[] Runs() =>
[
    .. Assembly.GetExecutingAssembly().GetTypes().Where(type => type.IsSubclassOf(typeof(KernelGroup))).OrderBy(type => type.Name, StringComparer.Ordinal)
        .Select(type => BenchmarkConverter.TypeToBenchmarks(type, Config())).Where(run => run.BenchmarksCases.Length > 0),
];

// In this process: another one would not find the native libraries, which lie beside this program.
IConfig Config()
{
    var config = ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(1).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(100)))
        .AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false))).AddLogger(ConsoleLogger.Default).AddExporter(MarkdownExporter.GitHub)
        .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics).AddColumn(StatisticColumn.Median, StatisticColumn.Min)
        .WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Millisecond).WithMaxParameterColumnWidth(40)).WithArtifactsPath(OutputFolder.Default("kernels"));
    return filter is null ? config : config.AddFilter(new GlobFilter(filter.Split(',', StringSplitOptions.TrimEntries)));
}
