using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>Finds the mapping of <see cref="BoxRestoring"/> again when a model is loaded.</summary>
[CustomMappingFactoryAttribute(BoxRestoring.ContractName)]
public sealed class BoxRestoringFactory : CustomMappingFactory<LetterboxedBoxes, ImageBoxes>
{
    /// <inheritdoc/>
    public override Action<LetterboxedBoxes, ImageBoxes> GetMapping() => Restore;

    internal static void Restore(LetterboxedBoxes source, ImageBoxes target)
    {
        var (width, height) = Pair(source.Size);
        // ML.NET makes black pixels of a missing image: what is seen on those is on no image.
        if (width < 1 || height < 1)
            throw new InvalidDataException("The row has no image, so nothing can be found on it; leave such rows out.");
        var (inputWidth, inputHeight) = Pair(source.Input);
        var (boxes, scores, classes) = (Dense(source.Boxes), Dense(source.Scores), Dense(source.Classes));
        Letterbox.Of(width, height, inputWidth, inputHeight).ToImage(boxes, boxes);
        var kept = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var box = boxes.AsSpan(4 * i, 4);
            if (!(box[2] > box[0] && box[3] > box[1]))
                continue;
            box.CopyTo(boxes.AsSpan(4 * kept));
            (scores[kept], classes[kept]) = (scores[i], classes[i]);
            kept++;
        }
        (target.Boxes, target.Scores, target.Classes) = (new VBuffer<float>(4 * kept, boxes), new VBuffer<float>(kept, scores), new VBuffer<long>(kept, classes));
    }

    private static T[] Dense<T>(VBuffer<T> values)
    {
        var dense = new T[values.Length];
        values.CopyTo(dense);
        return dense;
    }

    private static (int, int) Pair(VBuffer<long> values) => ((int)values.GetItemOrDefault(0), (int)values.GetItemOrDefault(1));
}
