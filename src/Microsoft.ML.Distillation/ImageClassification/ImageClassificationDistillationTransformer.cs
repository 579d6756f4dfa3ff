using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ImageClassification;
using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A fitted student. It adds the columns <c>Score</c> (probabilities) and <c>PredictedLabel</c> (key) to rows with an image, is saved by
/// <c>ml.Model.Save</c> as a chain of ML.NET's own transformers, and gives its bare ONNX model.
/// </summary>
public sealed class ImageClassificationDistillationTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly byte[] _onnx;
    private readonly EarlyExitModels? _exits;
    private readonly StudentQuantizer _quantizer;
    private readonly TrainedQuantization? _trained;
    private readonly BulkScoring _bulk;

    internal ImageClassificationDistillationTransformer(
        TransformerChain<ITransformer> chain, BulkScoring bulk, byte[] onnx, IReadOnlyList<string> classNames, TrainingReport report, StudentQuantizer quantizer,
        TrainedQuantization? trained = null, EarlyExitModels? exits = null) =>
        (_chain, _bulk, _onnx, ClassNames, Report, _quantizer, _trained, _exits) = (chain, bulk, onnx, classNames, report, quantizer, trained, exits);

    /// <summary>The classes in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>What happened in the run that made this model.</summary>
    public TrainingReport Report { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>
    /// Writes the bare model: input <c>image</c>, float N×3×H×W, RGB 0…255 (any N; scaling and normalisation are inside); outputs <c>logits</c> and
    /// <c>probabilities</c>, N×C. Class names, architecture and sizes are in its metadata, its initialisers are named as in <c>state_dict</c>.
    /// </summary>
    /// <remarks>
    /// H×W is the student's size (<c>distillation.image_size</c> in the metadata), or with a teacher that takes larger images the teacher's, at which the student was trained: the file then takes images of that
    /// size (<c>distillation.input_size</c>) and brings them to the student's by itself.
    /// </remarks>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SaveAsOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.Write(path, _onnx);
    }

    /// <summary>
    /// Writes the bare model in smaller numbers, with the input, outputs and metadata of <see cref="SaveAsOnnx(string)"/>'s file; <c>distillation.quantised</c> among the metadata says how it was
    /// done. Such a file runs in ONNX Runtime and teaches as an <see cref="OnnxTeacher"/>, but can't be trained further.
    /// </summary>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <param name="quantization"><see cref="Quantization.Int8"/>, <see cref="Quantization.Int8Trained"/> or <see cref="Quantization.Float16"/>.</param>
    /// <returns>Sizes, times, and accuracies where there was data to measure them on.</returns>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the label has classes the student does not know.</exception>
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

    /// <summary>
    /// Writes every early exit that <see cref="BeYourOwnTeacher"/> or <see cref="DeepSupervision"/> trained as a model of its own, <c>exit1.onnx</c> (the shallowest)
    /// and so on, with the same input, outputs and metadata as <see cref="SaveAsOnnx(string)"/>'s file, which is the last one. An exit holds the student's stages up to its own
    /// and the layers of the exit. Where several methods made exits, they are those of the first.
    /// </summary>
    /// <param name="folder">Where to write; made if it is not there. Each file appears whole or not at all.</param>
    /// <param name="data">
    /// Rows with the columns of the training data, to measure each exit and their ensemble on; null for no measuring. Bad rows are treated as in the run (<see cref="DistillationOptions.BadImages"/>,
    /// <see cref="DistillationOptions.MaxImagePixels"/>).
    /// </param>
    /// <returns>Each exit's depth, size, latency and accuracy, and the ensemble's accuracy.</returns>
    /// <exception cref="InvalidOperationException">No method of the run made early exits.</exception>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the label has classes the student does not know.</exception>
    /// <exception cref="InvalidDataException">The data has no rows, or an image can't be read.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public EarlyExitResults ExportExits(string folder, IDataView? data = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (_exits is null)
            throw new InvalidOperationException("This student has no early exits: BeYourOwnTeacher and DeepSupervision make them. Add new BeYourOwnTeacher() to the options' Methods and train again.");
        return _exits.Export(folder, data);
    }

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

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    /// <summary>Frees the model's ONNX Runtime sessions, and the temporary file that they read; it can't be saved afterwards.</summary>
    public void Dispose()
    {
        _bulk.Dispose();
        OnnxLink.Dispose(_chain);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);
}
