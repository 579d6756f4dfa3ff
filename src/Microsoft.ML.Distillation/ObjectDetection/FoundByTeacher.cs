using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What a teacher found, as it is measured.</summary>
internal static class FoundByTeacher
{
    /// <param name="images">Images it was shown.</param>
    /// <param name="places">The student's class for each of the teacher's; negative for none, which leaves the object out.</param>
    /// <returns>The objects of each image.</returns>
    public static IReadOnlyList<DetectedObject[]> Of(FoundObjects found, int images, int[] places)
    {
        using var scope = NewDisposeScope();
        var (image, boxes, scores, classes) = (Values<long>(found.Image, ScalarType.Int64), Values<float>(found.Boxes, ScalarType.Float32), Values<float>(found.Scores, ScalarType.Float32), Values<long>(found.Classes, ScalarType.Int64));
        var objects = new List<DetectedObject>[images];
        for (var i = 0; i < images; i++)
            objects[i] = [];
        for (var i = 0; i < image.Length; i++)
        {
            if (places[classes[i]] is >= 0 and var place)
                objects[image[i]].Add(new DetectedObject(place, boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2] - boxes[4 * i], boxes[4 * i + 3] - boxes[4 * i + 1], scores[i]));
        }
        return [.. objects.Select(list => list.ToArray())];
    }

    /// <summary>
    /// What is found on a store's first images, in sums that an object more or less at the teacher's threshold hardly changes: of every image the scores, the scores times the classes, and the scores times the
    /// boxes.
    /// </summary>
    public static IReadOnlyList<double> Sample(DetectorTeacherSession teacher, PixelStore store, Device device) => RunIdentity.TeacherSample(store, device, (pixels, rows) =>
    {
        using var noGrad = no_grad();
        var found = Of(teacher.Detect(pixels, [.. rows.Select(store.Place)]), rows.Length, [.. Enumerable.Range(0, teacher.ClassCount)]);
        return [tensor(found.SelectMany(objects => Sums(objects, teacher.ClassCount, store.Size)).ToArray())];
    });

    // All parts of an object count alike: classes and sides in shares of what they can be.
    private static double[] Sums(DetectedObject[] objects, int classes, ImageSize size) =>
    [
        objects.Sum(o => o.Score), objects.Sum(o => o.Score * o.Class / classes),
        objects.Sum(o => o.Score * o.X / size.Width), objects.Sum(o => o.Score * o.Y / size.Height),
        objects.Sum(o => o.Score * o.Width / size.Width), objects.Sum(o => o.Score * o.Height / size.Height),
    ];

    private static T[] Values<T>(Tensor values, ScalarType type) where T : unmanaged => MemoryMarshal.Cast<byte, T>(values.cpu().to(type).contiguous().bytes).ToArray();
}
