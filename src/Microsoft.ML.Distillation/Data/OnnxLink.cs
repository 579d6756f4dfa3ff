using System.Runtime.CompilerServices;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Transforms.Onnx;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A chain's step that runs a graph. ML.NET's ONNX transformer reads it from a file, which must be there for as long as the transformer may be saved; from a stream it makes such a file and leaves it behind.</summary>
internal static class OnnxLink
{
    private static readonly ConditionalWeakTable<ITransformer, GraphFile> s_files = [];

    /// <param name="outputs">The graph's outputs, and the columns they become.</param>
    public static ChainLink Of(MLContext ml, string[] outputs, byte[] graph)
    {
        string[] inputs = [ImagePreparation.PixelColumn];
        try
        {
            var file = new GraphFile(ml, graph);
            return Of(ml.Transforms.ApplyOnnxModel(outputs, inputs, file.Path), file);
        }
        catch (IOException)
        {
            // Without room for it, ML.NET's own way may still find some.
            return ChainLink.Of(ml.Transforms.ApplyOnnxModel(outputs, inputs, new MemoryStream(graph)));
        }
    }

    /// <summary>Disposes steps of a chain, and deletes the files of those that run graphs.</summary>
    public static void Dispose(IEnumerable<ITransformer> steps)
    {
        foreach (var step in steps)
        {
            (step as IDisposable)?.Dispose();
            if (s_files.TryGetValue(step, out var file))
                file.Dispose();
        }
    }

    private static ChainLink Of(OnnxScoringEstimator estimator, GraphFile file) => new(
        data =>
        {
            var transformer = estimator.Fit(data);
            s_files.AddOrUpdate(transformer, file);
            return transformer;
        },
        estimator.GetOutputSchema);
}
