using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;
using Samples.ImageClassification;

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
    RequireTeacher(options);
    OutputFolder.Require(options.Out);
    var display = new ProgressDisplay();
    var dataset = DataSource.Open(options.Data, options.Out, options.Seed, display.Say, cancellation);
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
