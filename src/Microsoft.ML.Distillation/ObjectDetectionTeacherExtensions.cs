using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;

namespace Microsoft.ML;

/// <summary>The door to measuring detector teachers, on <see cref="MLContext"/>.</summary>
public static class ObjectDetectionTeacherExtensions
{
    /// <summary>Measures a detector teacher on labelled images, as the COCO challenge does: is it right on this data?</summary>
    /// <param name="ml">The context.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">Rows with an image, labels and boxes.</param>
    /// <param name="labelColumnName">Classes of the objects: a vector of keys, matched to the teacher's class names; without names, in the order of the keys.</param>
    /// <param name="boundingBoxColumnName">Their boxes: a vector of float, x0 y0 x1 y1 of each, in pixels of the image.</param>
    /// <param name="imageColumnName">The image, decoded or as the bytes of its file.</param>
    /// <param name="imageSize">
    /// The size to measure at: images are letterboxed to it, as for training, and a teacher with a size of its own resizes them itself. Null for the teacher's own.
    /// </param>
    /// <returns>The figures. What the teacher finds of classes that the labels don't have counts for nothing.</returns>
    /// <remarks>Average precision is of the whole ranking: a teacher that leaves out what it is less sure of is measured too low.</remarks>
    /// <exception cref="ArgumentException">The teacher's options have faults, it takes images of any size and <paramref name="imageSize"/> is null, or a column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The teacher does not fit the labels, the data has no rows, or an image or a box can't be used.</exception>
    public static DetectionMetrics EvaluateTeacher(
        this MLContext ml, DetectorTeacher teacher, IDataView data, string labelColumnName = "Label", string boundingBoxColumnName = "BoundingBoxes", string imageColumnName = "Image",
        ImageSize? imageSize = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(data);
        return DetectorTeacherEvaluation.Evaluate(ml, teacher, data, labelColumnName, boundingBoxColumnName, imageColumnName, imageSize);
    }

    /// <summary>
    /// Looks at a detector teacher without training: does it find what the labels say, are its classes among theirs, and is it given its pixels as it expects them? What
    /// <see cref="ObjectDetectionDistillationOptions.Checkup"/> does before a run.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">Rows with an image, labels and boxes. All are read, so give a part of a large data set.</param>
    /// <param name="labelColumnName">Classes of the objects, as for <see cref="EvaluateTeacher"/>.</param>
    /// <param name="boundingBoxColumnName">Their boxes: a vector of float, x0 y0 x1 y1 of each, in pixels of the image.</param>
    /// <param name="imageColumnName">The image, decoded or as the bytes of its file.</param>
    /// <param name="imageSize">The student's size, as for <see cref="EvaluateTeacher"/>.</param>
    /// <param name="options">How many images are looked at; null for 64.</param>
    /// <returns>What was measured, and what is wrong.</returns>
    /// <exception cref="ArgumentException">The teacher or the options have faults, the teacher takes images of any size and <paramref name="imageSize"/> is null, or a column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The teacher does not fit the labels, the data has no rows or no objects, or an image or a box can't be used.</exception>
    public static IReadOnlyList<CheckupFinding> CheckTeacher(
        this MLContext ml, DetectorTeacher teacher, IDataView data, string labelColumnName = "Label", string boundingBoxColumnName = "BoundingBoxes", string imageColumnName = "Image",
        ImageSize? imageSize = null, CheckupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(data);
        return DetectorTeacherEvaluation.Check(ml, teacher, data, labelColumnName, boundingBoxColumnName, imageColumnName, imageSize, options ?? new() { SampleRows = 64 });
    }
}
