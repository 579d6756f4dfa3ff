using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ImageClassification;

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

    internal ImageClassificationDistillationTransformer(
        TransformerChain<ITransformer> chain, byte[] onnx, IReadOnlyList<string> classNames, TrainingReport report, EarlyExitModels? exits = null) =>
        (_chain, _onnx, ClassNames, Report, _exits) = (chain, onnx, classNames, report, exits);

    /// <summary>The classes in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>What happened in the run that made this model.</summary>
    public TrainingReport Report { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>
    /// Writes the bare model: input <c>image</c>, float N×3×H×W, RGB 0…255 (any N; scaling and normalisation are inside); outputs <c>logits</c> and
    /// <c>probabilities</c>, N×C. Class names, architecture and image size are in its metadata, its initialisers are named as in <c>state_dict</c>.
    /// </summary>
    /// <param name="path">The file to write; it appears whole or not at all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SaveAsOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Common.WholeFile.Write(path, _onnx);
    }

    /// <summary>The bytes <see cref="SaveAsOnnx"/> writes.</summary>
    /// <returns>A new array.</returns>
    public byte[] ToOnnx() => [.. _onnx];

    /// <summary>
    /// Writes every early exit that <see cref="BeYourOwnTeacher"/> or <see cref="DeepSupervision"/> trained as a model of its own, <c>exit1.onnx</c> (the shallowest)
    /// and so on, with the same input, outputs and metadata as <see cref="SaveAsOnnx"/>'s file, which is the last one. An exit holds the student's stages up to its own
    /// and the layers of the exit. Where several methods made exits, they are those of the first.
    /// </summary>
    /// <param name="folder">Where to write; made if it is not there. Each file appears whole or not at all.</param>
    /// <param name="data">Rows with the columns of the training data, to measure each exit and their ensemble on; null for no measuring.</param>
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

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    /// <summary>Frees the model's ONNX Runtime session.</summary>
    public void Dispose() => _chain.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);
}
