using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.ImageClassification;

const int failed = 2;
const int cancelled = 130;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // The first Ctrl+C stops the run in good order, a second one at once.
    press.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};

try
{
    var options = OptionParser.Parse(args);
    if (options.Help)
    {
        Console.Out.WriteLine(OptionParser.Help);
        return 0;
    }
    Run(options, cancellation.Token);
    return 0;
}
catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped. Where seeds were finished, report.json holds them.");
    return cancelled;
}
catch (Exception e) when (e is OptionException or ArgumentException or InvalidOperationException or IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException)
{
    Console.Error.WriteLine($"error: {OptionException.Plain(e)}");
    return failed;
}

static void Run(SampleOptions options, CancellationToken cancellation)
{
    RequireTeacher(options);
    OutputFolder.Require(options.Out);
    var display = new ProgressDisplay();
    var dataset = DataSource.Open(options, display.Say, cancellation);
    display.Say($"{dataset.Name}: {dataset.Train.Count} images for training, {dataset.Test.Count} for test, {dataset.Classes.Count} classes.");
    var report = new Runs(new MLContext(options.Seed), options, dataset, display, cancellation).Carry();
    ResultTable.Show(report);
}

// Before anything is drawn or unpacked: faults of the command line cost no time.
static void RequireTeacher(SampleOptions options)
{
    if (options.TeacherIsFile && !File.Exists(options.Teacher))
        throw new FileNotFoundException($"--teacher '{options.Teacher}': there is no such file.");
    if (!options.TeacherIsFile && ImageClassifier.All.All(known => !known.Name.Equals(options.Teacher, StringComparison.OrdinalIgnoreCase)))
        throw new OptionException($"--teacher '{options.Teacher}' is neither a file nor one of {string.Join(", ", ImageClassifier.All.Select(known => known.Name))}.");
}
