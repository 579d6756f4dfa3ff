using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>What a graph gave for a batch of images as columns, of which a row has what the graph gives for its image alone.</summary>
internal static class BatchResults
{
    /// <param name="names">The results' outputs.</param>
    public static BatchColumn[] Read(string[] names, IReadOnlyList<OrtValue> results, int images)
    {
        var classes = Array.IndexOf(names, GraphOutputs.Classes);
        var found = classes < 0 ? [] : Found(results[classes].GetTensorDataAsSpan<long>(), images);
        return [.. names.Select((name, i) => Column(name, results[i], images, found))];
    }

    /// <summary>How many boxes each image has.</summary>
    private static int[] Found(ReadOnlySpan<long> classes, int images)
    {
        var (found, places) = (new int[images], classes.Length / images);
        for (var i = 0; i < images; i++)
        {
            var past = classes.Slice(i * places, places).IndexOf(-1L);
            found[i] = past < 0 ? places : past;
        }
        return found;
    }

    private static BatchColumn Column(string name, OrtValue result, int images, int[] found)
    {
        var tensor = result.GetTensorTypeAndShape();
        Array values = tensor.ElementDataType == TensorElementType.Int64 ? result.GetTensorDataAsSpan<long>().ToArray() : result.GetTensorDataAsSpan<float>().ToArray();
        if (name == GraphOutputs.InputSize)
            return BatchColumn.Of(values, stride: 0, values.Length, images);
        if (tensor.Shape[0] != images)
            throw new InvalidDataException($"The model's graph gives '{name}' for {tensor.Shape[0]} images where {images} were put in. Score row by row with this model, or save it anew.");
        var stride = values.Length / images;
        return PerBox(name) is > 0 and var each ? new(values, stride, [.. found.Select(boxes => boxes * each)]) : BatchColumn.Of(values, stride, stride, images);
    }

    private static int PerBox(string name) => name switch
    {
        GraphOutputs.Boxes => 4,
        GraphOutputs.Scores or GraphOutputs.Classes => 1,
        _ => 0,
    };
}
