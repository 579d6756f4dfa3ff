using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>What a detector's file gave for some images.</summary>
/// <param name="Images">How many.</param>
/// <param name="Input">Size of the network's input.</param>
/// <param name="Classes">How many the detector has.</param>
internal sealed record LayoutValues(string Source, IReadOnlyDictionary<string, OnnxTensor> Outputs, int Images, ImageSize Input, int Classes)
{
    /// <summary>Place of the first of the images in the batch, for files that take one at a time.</summary>
    public int FirstImage { get; init; }

    /// <summary>An output that has a row for each image.</summary>
    /// <param name="form">For messages: the shape that is needed.</param>
    public OnnxTensor Batch(string name, int rank, long? last, string form)
    {
        var output = Outputs[name];
        return output.Shape.Length == rank && output.Shape[0] == Images && (last is null || output.Shape[^1] == last)
            ? output
            : throw new InvalidDataException($"{Source}: output '{name}' is {OnnxValue.ShapeText(output.Shape)} for {Images} images; {form} is needed.");
    }
}
