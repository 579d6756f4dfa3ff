using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;

namespace Samples.ImageClassification;

/// <summary>The teacher of all runs: a file, or a model trained here first.</summary>
/// <param name="Teacher">As the library takes it.</param>
/// <param name="Onnx">Its file.</param>
/// <param name="Training">Null for a teacher that came as a file.</param>
internal sealed record TeacherChoice(OnnxTeacher Teacher, byte[] Onnx, TrainingReport? Training)
{
    private const int MeasuredImages = 500;

    public static TeacherChoice Make(MLContext ml, SampleOptions options, Dataset dataset, Training training, ProgressDisplay display)
        => options.TeacherIsFile ? Open(ml, options, dataset, training, display) : Train(options, dataset, training, display);

    private static TeacherChoice Train(SampleOptions options, Dataset dataset, Training training, ProgressDisplay display)
    {
        var architecture = ImageClassifier.Parse(options.Teacher);
        display.Say($"Teacher {architecture.Name}: {dataset.Train.Count} training images, {training.TeacherEpochs} epochs.");
        using var trained = training.Fit("Training the teacher", dataset.Train, architecture, options.Seed, training.TeacherEpochs);
        var path = Path.Combine(options.Out, "teacher.onnx");
        trained.Student.SaveAsOnnx(path);
        // Its file carries class names and normalisation.
        return new TeacherChoice(OnnxTeacher.FromFile(path), File.ReadAllBytes(path), trained.Report);
    }

    private static TeacherChoice Open(MLContext ml, SampleOptions options, Dataset dataset, Training training, ProgressDisplay display)
    {
        var teacher = OnnxTeacher.FromFile(options.Teacher, options.TeacherNormalization, options.TeacherClasses);
        // Raw without being told so is a file of this library's own.
        if (options.TeacherNormalization is null && teacher.Normalization != ImageNormalization.Raw)
            teacher = OnnxTeacher.FromFile(options.Teacher, BestNormalization(ml, options, dataset, training, display), options.TeacherClasses);
        return new TeacherChoice(teacher, File.ReadAllBytes(options.Teacher), null);
    }

    // Training images, so that no choice is made on the test images.
    private static ImageNormalization BestNormalization(MLContext ml, SampleOptions options, Dataset dataset, Training training, ProgressDisplay display)
    {
        var rows = dataset.FirstOfEachClass(MeasuredImages);
        var images = training.ImageView(rows);
        List<(ImageNormalization Preset, double Accuracy)> measured = [];
        InvalidDataException? refusal = null;
        foreach (var preset in ImageNormalization.Presets)
        {
            try
            {
                measured.Add((preset, ml.EvaluateTeacher(OnnxTeacher.FromFile(options.Teacher, preset, options.TeacherClasses), images, imageSize: options.Student.DefaultImageSize).Accuracy));
            }
            catch (InvalidDataException e)
            {
                // Wrongly scaled pixels can look like another order of the classes; so does another order.
                refusal ??= e;
            }
        }
        var best = measured.OrderByDescending(pair => pair.Accuracy).FirstOrDefault();
        if (refusal is not null && best.Accuracy <= BestGuess(dataset.Classes.Count, rows.Count))
            throw refusal;
        var all = string.Join(", ", measured.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Preset.Name} {pair.Accuracy:P1}")));
        display.Say($"The teacher's file doesn't say what it expects of pixels. Right on training images with: {all}. Using {best.Preset.Name} (--teacher-normalization says otherwise).");
        return best.Preset;
    }

    // What blind guessing stays below, but for one time in a thousand: three standard deviations above chance.
    private static double BestGuess(int classes, int images)
    {
        var chance = 1.0 / classes;
        return chance + 3 * Math.Sqrt(chance * (1 - chance) / images);
    }
}
