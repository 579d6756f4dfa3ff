using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A fitted student. It adds the columns <c>PredictedLabel</c> (keys), <c>Score</c> and <c>PredictedBoundingBoxes</c> (pixels of the original image) to rows with an image, is saved
/// by <c>ml.Model.Save</c> as a chain of ML.NET's own transformers and two of Microsoft.ML.Distillation.Runtime, and gives its bare ONNX model.
/// </summary>
public sealed class ObjectDetectionDistillationTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly byte[] _onnx;
    private readonly DetectorQuantizer _quantizer;
    private readonly TrainedQuantization? _trained;
    private readonly BulkScoring _bulk;
    private readonly BulkScoring _measuring;

    /// <param name="measuring">Scores with all boxes that a mean average precision is of.</param>
    /// <param name="trained">What the run trained in 8 bits; null for nothing.</param>
    internal ObjectDetectionDistillationTransformer(
        TransformerChain<ITransformer> chain, BulkScoring bulk, BulkScoring measuring, byte[] onnx, IReadOnlyList<string> classNames, TrainingReport report, DetectorQuantizer quantizer,
        TrainedQuantization? trained = null) =>
        (_chain, _bulk, _measuring, _onnx, ClassNames, Report, _quantizer, _trained) = (chain, bulk, measuring, onnx, classNames, report, quantizer, trained);

    /// <summary>The classes, in the order of the label's key values.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>What happened in the run that made this model.</summary>
    public TrainingReport Report { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>
    /// Writes the bare model: input <c>image</c>, float N×3×H×W, RGB 0…255 (any N; scaling and normalisation are inside), letterboxed; outputs <c>boxes</c>, N×K×4 (x0 y0 x1 y1 in pixels of
    /// the input), <c>scores</c>, N×K, best first, <c>labels</c>, N×K, and <c>count</c>, N: the first <c>count</c> places of a row hold what was found, the others zeros and label −1. Decoding and
    /// non-maximum suppression are inside. Class names, architecture, anchors and image size are in its metadata, its initialisers are named as in <c>state_dict</c>.
    /// </summary>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SaveAsOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.Write(path, _onnx);
    }

    /// <summary>
    /// Writes the bare model in smaller numbers, with the input, outputs and metadata of <see cref="SaveAsOnnx(string)"/>'s file; <c>distillation.quantised</c> among the metadata says how it was
    /// done. Decoding of boxes and non-maximum suppression stay in 32-bit floats. Such a file runs in ONNX Runtime and teaches as an <see cref="OnnxDetectorTeacher"/>, but can't be trained further.
    /// </summary>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <param name="quantization"><see cref="Quantization.Int8"/>, <see cref="Quantization.Int8Trained"/> or <see cref="Quantization.Float16"/>. Keep the first and last layers in floats: those of the heads give coordinates and confidences, which need more than 256 levels.</param>
    /// <returns>Sizes, times, and mean average precisions (of all boxes with a score above 0.001) where there was data to measure them on.</returns>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the label has other classes than the student knows.</exception>
    /// <exception cref="InvalidDataException">Data has no rows, or an image can't be read.</exception>
    /// <exception cref="NotSupportedException">The student has no layers that can be quantised.</exception>
    /// <exception cref="InvalidOperationException">It is <see cref="Quantization.Int8Trained"/>, and the run trained nothing in 8 bits.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public QuantizationReport SaveAsOnnx(string path, Quantization quantization)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(quantization);
        var (model, report) = _quantizer.Quantize(_onnx, quantization, _trained);
        WholeFile.Write(path, model);
        return report;
    }

    /// <summary>The bytes <see cref="SaveAsOnnx(string)"/> writes.</summary>
    /// <returns>A new array.</returns>
    public byte[] ToOnnx() => [.. _onnx];

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    /// <summary>
    /// Scores like <see cref="Transform"/>, with the same columns and, but for rounding, the same numbers, running the student on many images at a time. The rows are read twice at once: images
    /// by one cursor, ahead, the other columns by another.
    /// </summary>
    /// <param name="input">Rows with the image column of the training data, in an order that is the same each time they are read.</param>
    /// <param name="batchSize">Images at a time, at least 1 (<see cref="BulkScorer.BatchSize"/>).</param>
    /// <returns>A view that scores as it is read, for as long as this transformer is not disposed.</returns>
    /// <exception cref="ArgumentException">The image column is missing or of the wrong type.</exception>
    public IDataView ScoreInBatches(IDataView input, int batchSize = BulkScorer.DefaultBatchSize) => _bulk.Transform(input, batchSize);

    /// <summary>Scores like <see cref="ScoreInBatches"/>, with all boxes whose score is above 0.001, whatever the model's own threshold is.</summary>
    internal IDataView ScoreToMeasure(IDataView input) => _measuring.Transform(input, BulkScorer.DefaultBatchSize);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    /// <summary>Frees the model's ONNX Runtime sessions, and the temporary file that they read; it can't be saved afterwards.</summary>
    public void Dispose()
    {
        _bulk.Dispose();
        _measuring.Dispose();
        OnnxLink.Dispose(_chain);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);
}
