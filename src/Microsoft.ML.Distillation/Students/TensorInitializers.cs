using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>Weights as ONNX initialisers and back, bit for bit.</summary>
internal static class TensorInitializers
{
    public static string AddInitializer(this OnnxGraphBuilder graph, string name, Tensor values) =>
        graph.AddInitializer(name, ToArray(values), values.shape);

    /// <summary>A float tensor's values, in row-major order.</summary>
    public static float[] ToArray(Tensor values)
    {
        using var scope = NewDisposeScope();
        var dense = values.detach().to(ScalarType.Float32).cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(dense.bytes).ToArray();
    }
}
