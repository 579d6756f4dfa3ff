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
        Check(Source, name, Outputs[name].Shape, Images, rank, last, form);
        return Outputs[name];
    }

    /// <exception cref="InvalidDataException">An output has another shape.</exception>
    public static void Check(string source, string name, long[] shape, int images, int rank, long? last, string form)
    {
        if (shape.Length != rank || shape[0] != images || (last is not null && shape[^1] != last))
            throw new InvalidDataException($"{source}: output '{name}' is {OnnxValue.ShapeText(shape)} for {images} images; {form} is needed.");
    }
}
