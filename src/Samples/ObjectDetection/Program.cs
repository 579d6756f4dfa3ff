using Microsoft.ML;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

return Command.Run(cancellation =>
{
    var options = OptionParser.Parse(args);
    if (options.Help)
        Console.Out.WriteLine(OptionParser.Help);
    else
        Run(options, cancellation);
}, "Stopped. Where seeds were finished, report.json holds them.");

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
