using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

/// <summary>The doors to distillation, on <see cref="MLContext"/>.</summary>
public static class DistillationExtensions
{
    /// <summary>An estimator that trains a small image classifier, with a teacher or alone.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="options">What to train, on what, and how.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public static ImageClassificationDistillationTrainer DistillImageClassification(this MLContext ml, ImageClassificationDistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(options);
        return new ImageClassificationDistillationTrainer(ml, options);
    }

    /// <summary>An estimator that distils a teacher into a student by <see cref="KnowledgeDistillation"/>, with the options' defaults for all else.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="teacher">The model to learn from.</param>
    /// <param name="student">The model to train.</param>
    /// <param name="labelColumnName">The label: a key with key values; null for images without labels.</param>
    /// <param name="imageColumnName">The image, decoded or as the bytes of its file.</param>
    /// <param name="scoreColumnName">Output: the probabilities.</param>
    /// <param name="predictedLabelColumnName">Output: the most likely class.</param>
    /// <param name="validationSet">Images to measure the student on after each epoch; null for none.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An argument is not usable; the message lists all faults.</exception>
    public static ImageClassificationDistillationTrainer DistillImageClassification(
        this MLContext ml, Teacher teacher, ImageClassifier student, string? labelColumnName = "Label", string imageColumnName = "Image",
        string scoreColumnName = "Score", string predictedLabelColumnName = "PredictedLabel", IDataView? validationSet = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        return ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Teacher = teacher,
            Student = student,
            Methods = { new KnowledgeDistillation() },
            LabelColumnName = labelColumnName,
            ImageColumnName = imageColumnName,
            ScoreColumnName = scoreColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            ValidationSet = validationSet,
        });
    }

    /// <summary>An estimator that trains a small object detector, with a teacher or alone.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="options">What to train, on what, and how.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <example>
    /// <code>
    /// var data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(images).Transform(images); // from ml.Data.LoadCocoAnnotations and the like
    /// var student = ml.DistillObjectDetection(new()
    /// {
    ///     Teacher = DetectorStudentTeacher.FromOnnx("yolov5m.onnx"),
    ///     Student = ObjectDetector.YoloV5n,
    ///     Methods = { new YoloOutputDistillation() },
    ///     ImageSize = new(320, 320),
    ///     ValidationFraction = .1,
    /// }).Fit(data);
    /// ml.Model.Save(student, data.Schema, "student.zip");
    /// </code>
    /// </example>
    public static ObjectDetectionDistillationTrainer DistillObjectDetection(this MLContext ml, ObjectDetectionDistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(options);
        return new ObjectDetectionDistillationTrainer(ml, options);
    }

    /// <summary>Measures a teacher on labelled images: is it right on this data?</summary>
    /// <param name="ml">The context.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">Rows with an image and a label.</param>
    /// <param name="labelColumnName">The label: a key with key values, matched to the teacher's class names; without names, in the order of the keys.</param>
    /// <param name="imageColumnName">The image, decoded or as the bytes of its file.</param>
    /// <param name="resizing">How images are brought to <paramref name="imageSize"/>, or to the teacher's own size.</param>
    /// <param name="imageSize">
    /// The size to measure at, for a teacher that takes any; null for the teacher's own. Where both are given, images are stored at the larger of them, as for training, and
    /// the teacher resizes them itself.
    /// </param>
    /// <returns>Accuracy and size.</returns>
    /// <exception cref="ArgumentException">The teacher's options have faults, it takes images of any size and <paramref name="imageSize"/> is null, or a column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The teacher does not fit the labels, the data has no rows, or an image can't be read.</exception>
    public static TeacherMetrics EvaluateTeacher(
        this MLContext ml, Teacher teacher, IDataView data, string labelColumnName = "Label", string imageColumnName = "Image",
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop, ImageSize? imageSize = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(data);
        return TeacherEvaluation.Evaluate(ml, teacher, data, labelColumnName, imageColumnName, resizing, imageSize);
    }

    /// <summary>
    /// Looks at a teacher without training: is it right on these images, is it given its pixels and classes as it expects them, and has it something to teach? What
    /// <see cref="ImageClassificationDistillationOptions.Checkup"/> does before a run.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">Rows with an image and a label. All are read, so give a part of a large data set.</param>
    /// <param name="methods">The methods that are to learn from it, whose temperatures and feature maps are looked at; null for <see cref="KnowledgeDistillation"/>.</param>
    /// <param name="labelColumnName">The label: a key with key values, matched to the teacher's class names; without names, in the order of the keys.</param>
    /// <param name="imageColumnName">The image, decoded or as the bytes of its file.</param>
    /// <param name="resizing">How images are brought to <paramref name="imageSize"/>, or to the teacher's own size.</param>
    /// <param name="imageSize">The student's size, at which a teacher works that takes any; null for the teacher's own. As for <see cref="EvaluateTeacher"/>.</param>
    /// <param name="options">How many images are looked at; null for the defaults.</param>
    /// <returns>What was measured, and what is wrong.</returns>
    /// <exception cref="ArgumentException">The teacher, a method or the options have faults, the teacher takes images of any size and <paramref name="imageSize"/> is null, or a column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The teacher does not fit the labels, the data has no rows, or an image can't be read.</exception>
    public static IReadOnlyList<CheckupFinding> CheckTeacher(
        this MLContext ml, Teacher teacher, IDataView data, IEnumerable<DistillationMethod>? methods = null, string labelColumnName = "Label", string imageColumnName = "Image",
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop, ImageSize? imageSize = null, CheckupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(data);
        return TeacherEvaluation.Check(ml, teacher, data, [.. methods ?? [new KnowledgeDistillation()]], labelColumnName, imageColumnName, resizing, imageSize, options ?? new());
    }
}
