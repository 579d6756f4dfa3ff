using Microsoft.ML;
using Samples.Common;
using Samples.Common.Images;
using Samples.OnnxTeacherImport;

return Command.Run(cancellation =>
{
    var options = ImportOptions.Parse(args);
    if (options.Help)
        Console.Out.WriteLine(ImportOptions.HelpText);
    else
        Run(options, cancellation);
});

static void Run(ImportOptions options, CancellationToken cancellation)
{
    OutputFolder.Require(options.Out);
    var ml = new MLContext(options.Seed);
    var display = new ProgressDisplay();
    var (data, file) = options.Teacher is { } teacher ? (options.Data, teacher) : Demo.Classification(options.Out, cancellation);
    var import = new TeacherImport(ml, file, options, display.Say);
    import.ShowFile();
    if (data is null)
        return;

    var dataset = DataSource.Open(data, options.Out, options.Seed, display.Say, cancellation);
    var views = new DatasetViews(ml, dataset);
    display.Say($"{dataset.Name}: {dataset.Train.Count} images for training, {dataset.Test.Count} for test, {dataset.Classes.Count} classes.");
    // What is chosen by images is chosen by training images.
    var recognised = import.Recognise(views.WithImages(dataset.FirstOfEachClass(TeacherImport.ImagesLookedAt)), dataset.Classes);
    if (!options.List)
        new StudentRun(ml, options, dataset, views, display, cancellation).Distil(recognised, import);
}
