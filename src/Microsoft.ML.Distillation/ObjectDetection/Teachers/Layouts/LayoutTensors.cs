using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>What a detector's file gave for some images, where it was computed.</summary>
/// <param name="Images">How many.</param>
/// <param name="Input">Size of the network's input.</param>
internal sealed record LayoutTensors(string Source, IReadOnlyDictionary<string, Tensor> Outputs, int Images, ImageSize Input)
{
    /// <inheritdoc cref="LayoutValues.Batch"/>
    public Tensor Batch(string name, int rank, long? last, string form)
    {
        LayoutValues.Check(Source, name, Outputs[name].shape, Images, rank, last, form);
        return Outputs[name];
    }
}
