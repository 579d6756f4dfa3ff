namespace Microsoft.ML.Distillation;

/// <summary>An input or an output of an ONNX network, as its file declares it.</summary>
/// <param name="Name">Its name, as <see cref="OnnxTeacherOptions.InputName"/> and <see cref="OnnxTeacherOptions.OutputName"/> take it.</param>
/// <param name="ElementType">What the tensor holds, by ONNX's own name, such as <c>Float</c> or <c>Int64</c>.</param>
/// <param name="Shape">The length of each axis: a number, the name of a length that is open, such as <c>N</c>, or <c>?</c>; null where the file leaves even the number of axes open.</param>
public sealed record OnnxTensorInfo(string Name, string ElementType, IReadOnlyList<string>? Shape)
{
    /// <summary>Name, type and shape in a line.</summary>
    /// <returns>Such as <c>image (Float N×3×32×32)</c>.</returns>
    public override string ToString() => $"{Name} ({ElementType} {Shape switch { null => "of unknown shape", { Count: 0 } => "scalar", _ => string.Join('×', Shape) }})";
}
