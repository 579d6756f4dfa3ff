namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A layer that multiplies by weights, where bfloat16 pays.</summary>
internal interface IWeightedLayer
{
    /// <summary>Casts the weights to bfloat16 once, since they will not change any more.</summary>
    void KeepBFloat16();
}
