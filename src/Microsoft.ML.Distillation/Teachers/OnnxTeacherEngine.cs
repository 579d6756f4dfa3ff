namespace Microsoft.ML.Distillation;

/// <summary>What runs an ONNX teacher, of classes or of boxes.</summary>
public enum OnnxTeacherEngine
{
    /// <summary>
    /// <see cref="TorchSharp"/> where a method learns from the teacher's gradients, and on a GPU if it has all of the file's operators; else <see cref="OnnxRuntime"/>. Where a GPU's training has to do with
    /// <see cref="OnnxRuntime"/>, a finding names the nodes that are in the way.
    /// </summary>
    Auto,

    /// <summary>ONNX Runtime on the CPU: any operator, no gradients. On a GPU each batch goes to the CPU and back.</summary>
    OnnxRuntime,

    /// <summary>
    /// The graph executed as TorchSharp operators on the training device: no way back and forth, and gradients, so that <see cref="GradientAttentionTransfer"/> works. It has the operators of the usual
    /// image classifiers and detectors, suppression of boxes excepted; a file with others is refused when it is opened, with the names of their nodes. Where the training computes in bfloat16, so do the
    /// file's convolutions.
    /// </summary>
    TorchSharp,
}
