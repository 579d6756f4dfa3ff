using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Boxes in pixels of a letterboxed image to boxes in pixels of the image itself, as a stateless custom mapping: it undoes what ML.NET's padding did to an image of that size
/// (<see cref="Letterbox.ToImage"/>). A detector names this contract in its file and finds it again through this assembly.
/// </summary>
public static class BoxRestoring
{
    internal const string ContractName = "Microsoft.ML.Distillation.BoxRestoring";

    /// <summary>Makes the mapping from columns <c>distillation.size</c>, <c>distillation.input</c> and <c>distillation.boxes</c> to <c>distillation.restored</c>.</summary>
    /// <param name="ml">The context.</param>
    /// <returns>The estimator; what it fits is saved by its contract's name.</returns>
    public static CustomMappingEstimator<LetterboxedBoxes, ImageBoxes> Create(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return ml.Transforms.CustomMapping<LetterboxedBoxes, ImageBoxes>(BoxRestoringFactory.Restore, ContractName);
    }
}
