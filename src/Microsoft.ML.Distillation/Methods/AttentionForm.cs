namespace Microsoft.ML.Distillation;

/// <summary>Which form of attention transfer: the authors' code and their paper differ.</summary>
public enum AttentionForm
{
    /// <summary>Mean over images and places of the squared difference of the normalised maps, as the authors' code and most comparisons have it.</summary>
    Code,

    /// <summary>Half the length of the difference of the normalised maps, as equation 2 of the paper has it, over the number of images and places.</summary>
    Paper,
}
