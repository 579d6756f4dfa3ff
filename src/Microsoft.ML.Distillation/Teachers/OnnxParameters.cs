using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Counts what was trained in an ONNX file.</summary>
internal static class OnnxParameters
{
    /// <returns>All real initialisers but BatchNorm's statistics and a student's own scaling of pixels, which nobody trained.</returns>
    public static long Count(OnnxModelFile file)
    {
        var statistics = file.Model.Graph.Node.Where(n => n.OpType == "BatchNormalization").SelectMany(n => n.Input.Skip(3)).ToHashSet();
        var scaling = StudentFile.IsStudent(file) ? StudentExporter.InputPrefix : null;
        return file.Initializers.Values
            .Where(t => (OnnxElementType)t.DataType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 or OnnxElementType.Double)
            .Where(t => !statistics.Contains(t.Name) && (scaling is null || !t.Name.StartsWith(scaling, StringComparison.Ordinal)))
            .Sum(t => t.Dims.Aggregate(1L, (a, b) => a * b));
    }
}
