using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.ObjectDetection.Data;

namespace Samples.ObjectDetection;

/// <summary>The teacher of all runs: a file, or a model trained here first.</summary>
/// <param name="Teacher">As the library takes it.</param>
/// <param name="Figures">What it is worth on the test images, and what it costs.</param>
internal sealed record TeacherChoice(DetectorTeacher Teacher, ModelFigures Figures)
{
    /// <exception cref="OptionException">It is neither a file nor an architecture.</exception>
    public static void Require(SampleOptions options)
    {
        if (options.TeacherIsFile && !File.Exists(options.Teacher))
            throw new FileNotFoundException($"--teacher '{options.Teacher}': there is no such file.");
        if (!options.TeacherIsFile && ObjectDetector.All.All(known => !known.Name.Equals(options.Teacher, StringComparison.OrdinalIgnoreCase)))
            throw new OptionException($"--teacher '{options.Teacher}' is neither a file nor one of {string.Join(", ", ObjectDetector.All.Select(known => known.Name))}.");
    }

    public static TeacherChoice Make(SampleOptions options, Dataset dataset, Training training, Evaluation evaluation, ProgressDisplay display)
        => options.TeacherIsFile ? Open(options, training) : Train(options, dataset, training, evaluation, display);

    private static TeacherChoice Train(SampleOptions options, Dataset dataset, Training training, Evaluation evaluation, ProgressDisplay display)
    {
        var architecture = ObjectDetector.Parse(options.Teacher);
        display.Say($"Teacher {architecture.Name}: {dataset.Train.Count} training images, {training.TeacherEpochs} epochs.");
        using var trained = training.Fit("Training the teacher", dataset.Train, architecture, options.Seed, training.TeacherEpochs);
        var path = Path.Combine(options.Out, "teacher.onnx");
        trained.Detector.SaveAsOnnx(path);
        var metrics = evaluation.Measure(evaluation.Score(trained.Model));
        return new TeacherChoice(DetectorStudentTeacher.FromOnnx(path), new ModelFigures
        {
            MeanAveragePrecision = metrics.MeanAveragePrecision,
            MeanAveragePrecision50 = metrics.MeanAveragePrecision50,
            Parameters = trained.Report.Parameters,
            ModelBytes = new FileInfo(path).Length,
            LatencyMs = Latency.Median(File.ReadAllBytes(path), options.Threads, training.Size),
            SecondsPerEpoch = trained.Report.SecondsPerEpoch,
            ImagesPerSecond = trained.Report.ImagesPerSecond,
        });
    }

    private static TeacherChoice Open(SampleOptions options, Training training)
    {
        var teacher = DetectorStudentTeacher.FromOnnx(options.Teacher);
        return new TeacherChoice(teacher, training.Measure(teacher) with { LatencyMs = Latency.Median(File.ReadAllBytes(options.Teacher), options.Threads, training.Size) });
    }
}
