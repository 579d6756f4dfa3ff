using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>An exported student in ONNX Runtime alone, all rows in one batch.</summary>
internal static class PlainOnnx
{
    public static float[][] Run(byte[] model, IReadOnlyList<DrawnRow> rows, int size, string output = "probabilities")
    {
        using var session = new InferenceSession(model);
        var images = new DenseTensor<float>(rows.SelectMany(r => r.Planes()).ToArray(), [rows.Count, 3, size, size]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("image", images)], [output]);
        return [.. results.Single().AsEnumerable<float>().Chunk(Drawn.Classes.Length)];
    }
}
