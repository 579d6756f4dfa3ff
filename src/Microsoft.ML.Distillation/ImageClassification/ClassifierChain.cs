using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// The fitted model as a chain of built-in transformers: prepare pixels, run the graph, ML.NET's softmax layer, tidy up. It saves and loads
/// with ML.NET's own packages, and a reloaded chain has the very schema of the fitted one.
/// </summary>
internal static class ClassifierChain
{
    public const string LogitsColumn = "distillation.logits";

    /// <param name="graph">Bytes of the ONNX graph from pixels to logits / c.</param>
    public static TransformerChain<ITransformer> Build(
        MLContext ml, IDataView data, ImagePreparation preparation, byte[] graph, SoftmaxLayer softmax, string scoreColumn, string predictedLabelColumn)
    {
        var steps = new List<ITransformer>(preparation.Fit(data, asBytes: false));
        var view = steps.Aggregate(data, (v, step) => step.Transform(v));
        Add(OnnxLink.Of(ml, [LogitsColumn], graph));
        var between = ImagePreparation.AddedColumns.Append(LogitsColumn).Where(Has);
        var fitted = new ChainLink(_ => softmax.Transformer, shape => shape);
        foreach (var link in OutputLinks.Make(ml, Has, fitted, between, scoreColumn, predictedLabelColumn))
            Add(link);
        return new TransformerChain<ITransformer>([.. steps]);

        bool Has(string column) => view.Schema.GetColumnOrNull(column) is not null;

        void Add(ChainLink link)
        {
            steps.Add(link.Fit(view));
            view = steps[^1].Transform(view);
        }
    }
}
