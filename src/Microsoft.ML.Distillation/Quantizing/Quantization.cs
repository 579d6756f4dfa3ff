namespace Microsoft.ML.Distillation;

/// <summary>
/// How a student's numbers are made smaller when it is written by <see cref="ImageClassificationDistillationTransformer.SaveAsOnnx(string, Quantization)"/> or
/// <see cref="ObjectDetectionDistillationTransformer.SaveAsOnnx(string, Quantization)"/>.
/// </summary>
public sealed class Quantization
{
    private Quantization(string kind, IDataView? calibration, Int8Options? options, IDataView? evaluation) =>
        (Kind, CalibrationData, Options, EvaluationData) = (kind, calibration, options, evaluation);

    /// <summary>What <see cref="QuantizationReport.Kind"/> says.</summary>
    internal string Kind { get; }

    internal IDataView? CalibrationData { get; }

    /// <summary>Null for 16 bits, and for what was trained.</summary>
    internal Int8Options? Options { get; }

    internal IDataView? EvaluationData { get; }

    /// <summary>
    /// Weights and activations in 8 bits, written as pairs of <c>QuantizeLinear</c> and <c>DequantizeLinear</c> (QDQ) that ONNX Runtime joins with the nodes between them into integer ones:
    /// x ≈ s·(q − z). A file of about a quarter of the size, faster where the processor has 8-bit dot products.
    /// </summary>
    /// <param name="calibrationData">Rows with the image column of the training data; best some of the training images themselves. Labels are not read.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="evaluationData">Rows with the image and label columns of the training data, to measure the student on before and after (a detector: the bounding box column too); null for no measuring.</param>
    /// <returns>The quantisation.</returns>
    /// <remarks>
    /// <para>
    /// Weights are symmetric int8 with a scale for each output channel, s = max|w|/127, and no zero point. Activations are uint8 with one scale and zero point for a whole tensor, from
    /// calibration: what ONNX Runtime's kernels for x86-64 and ARM take without conversion, and all 256 levels serve what comes out of a ReLU, which has no negative values. Biases are
    /// int32 with the scale s_x·s_w. (Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018, https://arxiv.org/abs/1712.05877.)
    /// </para>
    /// <para>
    /// BatchNorm is folded into the convolution before it, and the ReLU after a layer needs no node of its own. Layers with weights, sums, products, concatenations, poolings and sigmoids
    /// between them are computed in integers (of a detector nothing behind the last layers of its heads: boxes and their selection stay floats); softmax, hard sigmoid and hard swish, and BatchNorm that no convolution precedes, in floats.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public static Quantization Int8(IDataView calibrationData, Int8Options? options = null, IDataView? evaluationData = null)
    {
        ArgumentNullException.ThrowIfNull(calibrationData);
        options ??= new Int8Options();
        options.Validate();
        return new Quantization(QuantizationReport.Int8Kind, calibrationData, options, evaluationData);
    }

    /// <summary>
    /// Weights and what is computed between the first and the last layer in 16-bit floats; input, normalisation, softmax and outputs stay in 32. A file of half the size, for GPUs and other
    /// devices that compute in 16 bits: ONNX Runtime's CPU kernels mostly don't, and there it converts to 32 bits and back, which is no faster. Weights beyond ±65504 are set to that; activations
    /// beyond it become infinite, which an evaluation shows.
    /// </summary>
    /// <param name="evaluationData">Rows with the image and label columns of the training data, to measure the student on before and after; null for no measuring.</param>
    /// <returns>The quantisation.</returns>
    public static Quantization Float16(IDataView? evaluationData = null) => new(QuantizationReport.Float16Kind, null, null, evaluationData);

    /// <summary>
    /// The student that <see cref="DistillationOptions.QuantizationAware"/> trained on in 8 bits, with the very weights, scales and ranges it learned with; a file like <see cref="Int8"/>'s.
    /// </summary>
    /// <param name="evaluationData">Rows with the image and label columns of the training data, to measure the student on before and after (a detector: the bounding box column too); null for no measuring.</param>
    /// <returns>The quantisation.</returns>
    public static Quantization Int8Trained(IDataView? evaluationData = null) => new(QuantizationReport.Int8TrainedKind, null, null, evaluationData);
}
