using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Gathers, image by image, what a detector found in a batch.</summary>
internal sealed class FoundList
{
    private readonly List<long> _images = [];
    private readonly List<float> _boxes = [];
    private readonly List<float> _scores = [];
    private readonly List<long> _classes = [];

    public int Count => _scores.Count;

    /// <summary>x0 y0 x1 y1 of one object after another: to be changed in place.</summary>
    public Span<float> Boxes => CollectionsMarshal.AsSpan(_boxes);

    /// <param name="box">x0 y0 x1 y1.</param>
    public void Add(int image, ReadOnlySpan<float> box, float score, int @class)
    {
        _images.Add(image);
        _boxes.AddRange(box[..4]);
        _scores.Add(score);
        _classes.Add(@class);
    }

    /// <param name="across">What x is multiplied by.</param>
    /// <param name="down">What y is multiplied by.</param>
    public void Scale(float across, float down)
    {
        var boxes = Boxes;
        for (var i = 0; i < boxes.Length; i += 2)
            (boxes[i], boxes[i + 1]) = (boxes[i] * across, boxes[i + 1] * down);
    }

    public FoundObjects ToTensors() => Count == 0
        ? new(empty([0], ScalarType.Int64), empty([0, 4], ScalarType.Float32), empty([0], ScalarType.Float32), empty([0], ScalarType.Int64))
        : new(tensor(_images.ToArray()), tensor(_boxes.ToArray(), [Count, 4]), tensor(_scores.ToArray()), tensor(_classes.ToArray()));
}
