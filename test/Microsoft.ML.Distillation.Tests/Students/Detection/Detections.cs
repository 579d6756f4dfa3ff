using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

/// <summary>What was found, from the padded outputs of a detector's file.</summary>
internal static class Detections
{
    public static List<List<Found>> Read(IEnumerable<OnnxTensor> outputs)
    {
        var results = outputs.ToDictionary(o => o.Name);
        var (boxes, scores, labels, counts) = (results["boxes"], results["scores"].Floats, results["labels"].Integers, results["count"]);
        var (images, places) = ((int)boxes.Shape[0], (int)boxes.Shape[1]);
        Assert.Equal([images, places, 4], boxes.Shape);
        Assert.Equal([images, places], results["scores"].Shape);
        Assert.Equal([images, places], results["labels"].Shape);
        Assert.Equal([images], counts.Shape);
        return [.. Enumerable.Range(0, images).Select(i => Enumerable.Range(i * places, (int)counts.Integers[i]).Select(Box).ToList())];

        Found Box(int k) => new((int)labels[k], scores[k], boxes.Floats[4 * k], boxes.Floats[4 * k + 1], boxes.Floats[4 * k + 2], boxes.Floats[4 * k + 3]);
    }
}
