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
        Add(ml.Transforms.ApplyOnnxModel([LogitsColumn], [ImagePreparation.PixelColumn], new MemoryStream(graph)).Fit(view));
        var renamed = RenamedOutput.Find(scoreColumn, predictedLabelColumn);
        var aside = renamed.Where(output => view.Schema.GetColumnOrNull(output.Made) is not null).ToHashSet();
        foreach (var output in aside)
            Copy(output.Aside, output.Made);
        Add(softmax.Transformer);
        var dropped = new List<string> { ImagePreparation.ImageColumn, ImagePreparation.PixelColumn, LogitsColumn };
        if (view.Schema.GetColumnOrNull(ImagePreparation.EncodedColumn) is not null)
            dropped.Add(ImagePreparation.EncodedColumn);
        foreach (var output in renamed)
        {
            Copy(output.Wanted, output.Made);
            if (aside.Contains(output))
                Copy(output.Made, output.Aside);
            dropped.Add(aside.Contains(output) ? output.Aside : output.Made);
        }
        Add(ml.Transforms.DropColumns([.. dropped]).Fit(view));
        return new TransformerChain<ITransformer>([.. steps]);

        void Copy(string to, string from) => Add(ml.Transforms.CopyColumns(to, from).Fit(view));

        void Add(ITransformer step)
        {
            steps.Add(step);
            view = step.Transform(view);
        }
    }
}
