using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>The feature maps that are read from an ONNX detector beside what it finds.</summary>
internal static class OnnxDetectorTaps
{
    /// <param name="features">Names of the maps; null for none.</param>
    public static OnnxInspector Inspector(OnnxModelFile file, OnnxDetectorInput input, IReadOnlyList<string>? features) => new(
        file, new OnnxClassifierShape(input.Name, Output: null, input.ChannelsLast, input.Batch, input.Size, ClassCount: null, EndsInSoftmax: false),
        new OnnxTeacherOptions { FeatureNames = features });

    /// <exception cref="InvalidDataException">The names are none of the file's, or its maps can't be had.</exception>
    public static void Check(OnnxModelFile file, OnnxDetectorInput input, IReadOnlyList<string>? features)
    {
        if (features is null)
        {
            throw new InvalidDataException($"{file.Source}: which feature maps to learn from is not said. Name the maps of its neck, one for each level of the student's, finest first, in "
                + "OnnxDetectorTeacherOptions.FeatureNames; OnnxDetectorTeacher.Inspect lists all there are.");
        }
        if (!input.Batched)
            throw new InvalidDataException($"{file.Source} takes one image without an axis for batches, so that its feature maps can't be had; export it with such an axis.");
        var known = file.Model.Graph.Node.SelectMany(n => n.Output).Where(o => o.Length > 0).ToList();
        if (features.FirstOrDefault(name => !known.Contains(name)) is { } missing)
        {
            throw new InvalidDataException($"{file.Source} computes no tensor '{missing}', which OnnxDetectorTeacherOptions.FeatureNames names; near it are {NearNames.List(missing, known)}. "
                + "OnnxDetectorTeacher.Inspect lists all feature maps.");
        }
    }
}
