using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Boxes in pixels of a letterboxed image to boxes in pixels of the image itself, as a stateless custom mapping: it undoes what ML.NET's padding did to an image of that size
/// (<see cref="Letterbox.ToImage"/>). Boxes in the padding alone, of which nothing is left on the image, are dropped with their scores and classes. A detector names this contract in its file and
/// finds it again through this assembly.
/// </summary>
public static class BoxRestoring
{
    // Files that name the first contract, without a number, go on with all scores: they can't be read with this one.
    internal const string ContractName = "Microsoft.ML.Distillation.BoxRestoring.2";

    /// <summary>
    /// Makes the mapping from columns <c>distillation.size</c>, <c>distillation.input</c>, <c>distillation.boxes</c>, <c>distillation.scores</c> and <c>distillation.classes</c> to
    /// <c>distillation.restored</c>, <c>distillation.restored.scores</c> and <c>distillation.restored.classes</c>.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <returns>The estimator; what it fits is saved by its contract's name.</returns>
    public static CustomMappingEstimator<LetterboxedBoxes, ImageBoxes> Create(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return ml.Transforms.CustomMapping<LetterboxedBoxes, ImageBoxes>(BoxRestoringFactory.Restore, ContractName);
    }
}
