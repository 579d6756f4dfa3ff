namespace Microsoft.ML.Distillation;

/// <summary>Which meaning of correlation congruence: the paper and the code it is usually compared by differ.</summary>
public enum CorrelationForm
{
    /// <summary>The kernel matrices of all pairs of images, as the paper defines them.</summary>
    Paper,

    /// <summary>How far student and teacher are apart on neighbours in the batch, as RepDistiller computes it.</summary>
    Code,
}
