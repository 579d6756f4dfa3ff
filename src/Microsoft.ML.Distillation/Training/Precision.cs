namespace Microsoft.ML.Distillation;

/// <summary>
/// The numbers that networks compute with in training. Weights, BatchNorm's statistics, losses and the optimiser are float32 in any case, and so are what is measured and the model that is saved.
/// </summary>
public enum Precision
{
    /// <summary>32 bits, 24 of them mantissa.</summary>
    Float32,

    /// <summary>
    /// Convolutions, and the maps between layers, in 16 bits: float32's range with 8 bits of mantissa. Where the device has instructions for it, that is about twice as fast and halves the memory
    /// for maps; elsewhere it is slower. The classifier's last layer, far less than a hundredth of the work, stays float32, so that logits are not rounded.
    /// </summary>
    BFloat16,

    /// <summary>
    /// <see cref="BFloat16"/> where the device computes in it: on x86 processors with AVX512-BF16, and on CUDA devices of compute capability 8 or more. Else, and with methods that learn from
    /// gradients, <see cref="Float32"/>. The report says which it was.
    /// </summary>
    Auto,
}
