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
        var boxes = new float[source.Boxes.Length];
        source.Boxes.CopyTo(boxes);
        Letterbox.Of(width, height, inputWidth, inputHeight).ToImage(boxes, boxes);
        target.Boxes = new VBuffer<float>(boxes.Length, boxes);
    }

    private static (int, int) Pair(VBuffer<long> values) => ((int)values.GetItemOrDefault(0), (int)values.GetItemOrDefault(1));
}
