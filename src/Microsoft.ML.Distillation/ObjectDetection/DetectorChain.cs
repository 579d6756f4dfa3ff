using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// The fitted detector as a chain of transformers: measure and letterbox the image, run the graph, put boxes back on the image, name the classes, tidy up. But for the two stateless
/// mappings of our Runtime assembly these are ML.NET's own, and a reloaded chain has the very schema of the fitted one.
/// </summary>
internal static class DetectorChain
{
    /// <summary>Outputs of the graph: x0 y0 x1 y1 of one box after another in pixels of its input, float 1×4n; scores, float 1×n; classes from 0, int64 1×n.</summary>
    public const string BoxColumn = "distillation.boxes", ScoreColumn = "distillation.scores", ClassColumn = "distillation.classes";

    private const string RestoredColumn = "distillation.restored", RestoredScoreColumn = "distillation.restored.scores", RestoredClassColumn = "distillation.restored.classes";
    private const string NameColumn = "distillation.names";

    /// <param name="graph">Bytes of the ONNX graph from <see cref="ImagePreparation.PixelColumn"/>, float 1×3×H×W, to the outputs above and <see cref="DetectorGraph.InputSizeColumn"/>.</param>
    /// <param name="classNames">In the order of the graph's classes; they become the key values of the labels.</param>
    public static TransformerChain<ITransformer> Build(
        MLContext ml, IDataView data, DetectorPreparation preparation, byte[] graph, IReadOnlyList<string> classNames, DetectorColumns outputs)
    {
        var steps = new List<ITransformer>(preparation.Fit(data, asBytes: false));
        var view = steps.Aggregate(data, (v, step) => step.Transform(v));
        foreach (var link in Links(ml, graph, classNames, outputs))
            Add(link);
        var between = DetectorPreparation.AddedColumns.Concat([DetectorGraph.InputSizeColumn, BoxColumn, ScoreColumn, ClassColumn, RestoredColumn, RestoredScoreColumn, RestoredClassColumn, NameColumn]);
        Add(ChainLink.Of(ml.Transforms.DropColumns([.. between.Where(column => view.Schema.GetColumnOrNull(column) is not null)])));
        return new TransformerChain<ITransformer>([.. steps]);

        void Add(ChainLink link)
        {
            steps.Add(link.Fit(view));
            view = steps[^1].Transform(view);
        }
    }

    private static IEnumerable<ChainLink> Links(MLContext ml, byte[] graph, IReadOnlyList<string> classNames, DetectorColumns outputs)
    {
        yield return OnnxLink.Of(ml, [BoxColumn, ScoreColumn, ClassColumn, DetectorGraph.InputSizeColumn], graph);
        yield return ChainLink.Of(BoxRestoring.Create(ml));
        // Keys with values from indices: ML.NET's mapping of values makes keys of single values only, so by way of the names.
        yield return ChainLink.Of(ml.Transforms.Conversion.MapValue(NameColumn, classNames.Select((name, i) => KeyValuePair.Create((long)i, name)), RestoredClassColumn));
        yield return ChainLink.Of(ml.Transforms.Conversion.MapValueToKey(outputs.Labels, NameColumn, keyData: ml.Data.LoadFromEnumerable(classNames.Select(n => new ClassName { Name = n }))));
        yield return ChainLink.Of(ml.Transforms.CopyColumns(outputs.Scores, RestoredScoreColumn));
        yield return ChainLink.Of(ml.Transforms.CopyColumns(outputs.Boxes, RestoredColumn));
    }

    private sealed class ClassName
    {
        public string Name { get; set; } = "";
    }
}
