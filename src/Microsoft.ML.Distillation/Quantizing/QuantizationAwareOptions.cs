using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Trains the finished student on in 8 bits, with the same teacher and methods, so that it makes up for what rounding costs it. Its forward computes in floats what the exported model computes in
/// integers; gradients pass through the rounding as if it were not there. <see cref="Quantization.Int8Trained"/> writes the result.
/// </summary>
/// <remarks>
/// <para>
/// BatchNorm goes on normalising each batch, and moves its running statistics, as in the student's own training; the exported model has it folded into the convolution before it. Since weights take a
/// scale for each output channel, max|w|/127 at every step, rounding them before BatchNorm multiplies the channel is the same as rounding them after. Activations take ranges that are observed on training images at the beginning of the first epochs and then frozen. The exported model has the very scales of the last step, or of the epoch
/// that did best on the validation images (<see cref="DistillationOptions.KeepBest"/>).
/// </para>
/// <para>
/// It is a training of its own: helpers of methods begin anew, there is no <see cref="DistillationOptions.WeightAverage"/> and no <see cref="DistillationOptions.EarlyStopping"/>, and it computes in
/// float32. Batch size, augmentation, teacher, methods and seed are those of the student's own. What a detector's heads say becomes boxes and scores in floats, as in the exported model.
/// </para>
/// <para>
/// Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018, https://arxiv.org/abs/1712.05877, with a teacher as in Mishra and Marr,
/// "Apprentice: using knowledge distillation techniques to improve low-precision network accuracy", 2018, https://arxiv.org/abs/1711.05852 (its third scheme: a trained student is lowered in
/// precision and fine-tuned). They smooth activations' ranges step by step; here they are calibrated like <see cref="Quantization.Int8"/>'s. They round weights folded by the batch's statistics; here scales are those of weights folded by
/// the running ones, which are what is exported.
/// </para>
/// </remarks>
public sealed class QuantizationAwareOptions
{
    /// <summary>
    /// Times through the training images, beside those of the student's own training. A detector's <see cref="DetectionAugmentation.EpochsWithoutMosaic"/> are counted back from the end of these.
    /// </summary>
    /// <value>At least 1; default 10.</value>
    public int Epochs { get; init; } = 10;

    /// <summary>How weights are moved along their gradients. The rate falls along half a cosine to 0.</summary>
    /// <value>Default: <see cref="SgdOptions"/> with a learning rate of 0.001.</value>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions { LearningRate = .001 };

    /// <summary>Epochs at whose beginning activations' ranges are observed anew; afterwards they are frozen.</summary>
    /// <value>At least 1; default 3. More than <see cref="Epochs"/> mean all.</value>
    public int ObservedEpochs { get; init; } = 3;

    /// <summary>How the model is brought to 8 bits. <see cref="Int8Options.CalibrationImages"/> are training images.</summary>
    /// <value>Default: <see cref="Int8Options"/> with its defaults.</value>
    public Int8Options Int8 { get; init; } = new();

    internal void Validate(Faults faults)
    {
        faults.AddIf(Epochs < 1, $"QuantizationAware.Epochs is {Epochs}; it must be at least 1.");
        faults.AddIf(ObservedEpochs < 1, $"QuantizationAware.ObservedEpochs is {ObservedEpochs}; it must be at least 1, or there would be no ranges.");
        faults.Required(Optimizer, "QuantizationAware.Optimizer")?.Validate(faults);
        faults.Required(Int8, "QuantizationAware.Int8")?.Validate(faults);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Epochs} epochs, {Optimizer}, ranges of {Math.Min(ObservedEpochs, Epochs)} epochs, {Int8.Describe()}");
}
