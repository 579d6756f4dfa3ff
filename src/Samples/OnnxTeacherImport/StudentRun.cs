using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;

namespace Samples.OnnxTeacherImport;

/// <summary>Distils the teacher, saves the student, and compares the two on the test images.</summary>
internal sealed class StudentRun(MLContext ml, ImportOptions options, Dataset dataset, DatasetViews views, ProgressDisplay display, CancellationToken cancellation)
{
    private const int BatchSize = 32;

    public void Distil(OnnxTeacher teacher, TeacherImport import)
    {
        var rows = dataset.FirstOfEachClass(options.Limit);
        display.Say($"Student {import.Student.Name} on {rows.Count} images by {string.Join(" and ", import.Methods.Select(method => method.Name))}.");
        using var model = display.Run("Distilling", progress => views.LoadImages()
            .Append(ml.DistillImageClassification(new ImageClassificationDistillationOptions
            {
                Teacher = teacher,
                Student = import.Student,
                Methods = [.. import.Methods],
                Epochs = options.Epochs,
                BatchSize = BatchSize,
                // It was checked.
                Checkup = null,
                Threads = options.Threads,
                Seed = options.Seed,
                Progress = progress,
                CancellationToken = cancellation,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"))
            .Fit(views.Keyed(rows)));
        var student = model.OfType<ImageClassificationDistillationTransformer>().Single();
        Save(model, student);
        if (import.Found.OutputName is not null)
        {
            var metrics = ml.EvaluateTeacher(teacher, views.WithImages(dataset.Test), imageSize: import.Student.DefaultImageSize);
            Show("teacher", metrics.Accuracy, metrics.Parameters, import.Latency);
        }
        var accuracy = ml.MulticlassClassification.Evaluate(model.Transform(views.Keyed(dataset.Test))).MicroAccuracy;
        Show("student", accuracy, student.Report.Parameters, Latency.Median(student.ToOnnx(), options.Threads, import.Student.DefaultImageSize.Width));
    }

    private void Save(ITransformer model, ImageClassificationDistillationTransformer student)
    {
        ml.Model.Save(model, ml.Data.LoadFromEnumerable(dataset.Test).Schema, Path.Combine(options.Out, "student.zip"));
        student.SaveAsOnnx(Path.Combine(options.Out, "student.onnx"));
        student.Report.SaveAsJson(Path.Combine(options.Out, "report.json"));
        student.Report.SaveAsHtml(Path.Combine(options.Out, "report.html"));
        display.Say($"Written to {Path.GetFullPath(options.Out)}: student.zip, student.onnx, report.json, report.html.");
    }

    private void Show(string model, double accuracy, long? parameters, double latency)
        => display.Say(FormattableString.Invariant($"{model}: {accuracy:P2} of {dataset.Test.Count} test images right, {parameters:N0} parameters, {latency:0.00} ms an image."));
}
