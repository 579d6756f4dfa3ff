using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
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

    private static T[] Values<T>(Tensor values, ScalarType type) where T : unmanaged => MemoryMarshal.Cast<byte, T>(values.cpu().to(type).contiguous().bytes).ToArray();
}
