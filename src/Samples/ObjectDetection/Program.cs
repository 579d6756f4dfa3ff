using Microsoft.ML;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

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
    // Before anything is drawn or unpacked: faults of the command line cost no time.
    TeacherChoice.Require(options);
    OutputFolder.Require(options.Out);
    var display = new ProgressDisplay();
    var ml = new MLContext(options.Seed);
    var dataset = DataSource.Open(ml, options, display.Say, cancellation);
    display.Say($"{dataset.Name} ({dataset.Format}): {dataset.Train.Count} images for training, {dataset.Validation.Count} for validation, {dataset.Test.Count} for test, {dataset.Classes.Count} classes.");
    if (dataset.LeftOut > 0)
        display.Say($"{dataset.LeftOut} of its boxes have no area, and are left out.");
    ResultTable.Show(new Runs(ml, options, dataset, display, cancellation).Carry());
}
