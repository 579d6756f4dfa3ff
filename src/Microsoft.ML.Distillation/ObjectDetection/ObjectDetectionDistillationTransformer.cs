using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A fitted student. It adds the columns <c>PredictedLabel</c> (keys), <c>Score</c> and <c>PredictedBoundingBoxes</c> (pixels of the original image) to rows with an image, is saved
/// by <c>ml.Model.Save</c> as a chain of ML.NET's own transformers and two of Microsoft.ML.Distillation.Runtime, and gives its bare ONNX model.
/// </summary>
public sealed class ObjectDetectionDistillationTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly byte[] _onnx;

    internal ObjectDetectionDistillationTransformer(TransformerChain<ITransformer> chain, byte[] onnx, IReadOnlyList<string> classNames, TrainingReport report) =>
        (_chain, _onnx, ClassNames, Report) = (chain, onnx, classNames, report);

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
