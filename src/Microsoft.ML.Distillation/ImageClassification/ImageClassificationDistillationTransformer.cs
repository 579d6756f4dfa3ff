using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A fitted student. It adds the columns <c>Score</c> (probabilities) and <c>PredictedLabel</c> (key) to rows with an image, is saved by
/// <c>ml.Model.Save</c> as a chain of ML.NET's own transformers, and gives its bare ONNX model.
/// </summary>
public sealed class ImageClassificationDistillationTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly byte[] _onnx;

    internal ImageClassificationDistillationTransformer(TransformerChain<ITransformer> chain, byte[] onnx, IReadOnlyList<string> classNames, TrainingReport report) =>
        (_chain, _onnx, ClassNames, Report) = (chain, onnx, classNames, report);

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
