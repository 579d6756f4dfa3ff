namespace Microsoft.ML.Distillation;

/// <summary>What an ONNX network takes and gives, and what it has inside that a student can learn from, found by <see cref="OnnxTeacher.Inspect"/>.</summary>
public sealed class OnnxInspection
{
    /// <summary>The inputs a caller has to give.</summary>
    public required IReadOnlyList<OnnxTensorInfo> Inputs { get; init; }

    /// <summary>The outputs, inner tensors aside.</summary>
    public required IReadOnlyList<OnnxTensorInfo> Outputs { get; init; }

    /// <summary>The input for the image.</summary>
    public required string InputName { get; init; }

    /// <summary>The order of that input's axes; never <see cref="ImageLayout.Auto"/>.</summary>
    public required ImageLayout Layout { get; init; }

    /// <summary>The only batch size the network takes; null for any.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The size of the image the network was run with.</summary>
    public required ImageSize ImageSize { get; init; }

    /// <summary>The output with the class scores; null for a backbone, which has none.</summary>
    public string? OutputName { get; init; }

    /// <summary>How many classes that output scores; null for a backbone, and where the file does not say.</summary>
    public int? ClassCount { get; init; }

    /// <summary>Whether a softmax makes that output, so that it holds probabilities.</summary>
    public bool EndsInSoftmax { get; init; }

    /// <summary>All feature maps between the image and the results, in the order they are computed.</summary>
    public required IReadOnlyList<OnnxFeatureMap> FeatureMaps { get; init; }

    /// <summary>The maps taken where <see cref="OnnxTeacherOptions.FeatureNames"/> is null, shallowest first.</summary>
    public IReadOnlyList<OnnxFeatureMap> DefaultFeatureMaps => [.. FeatureMaps.Where(m => m.IsDefault)];

    /// <summary>The vector before the classifier, by <see cref="OnnxTeacherOptions.EmbeddingName"/>'s rule or value; null where there is none.</summary>
    public string? EmbeddingName { get; init; }

    /// <summary>Length of that vector; null where there is none.</summary>
    public int? EmbeddingLength { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        Environment.NewLine,
        [
            .. Inputs.Select(input => $"Input {input}{(input.Name == InputName ? $", the image as {Layout}" : "")}"),
            .. Outputs.Select(output => $"Output {output}{(output.Name == OutputName ? $", {(EndsInSoftmax ? "probabilities" : "scores")}{(ClassCount is { } classes ? $" of {classes} classes" : "")}" : "")}"),
            $"Feature maps for an image of {ImageSize}:",
            .. FeatureMaps.Select(map => map.ToString()),
            EmbeddingName is null ? "No embedding." : $"Embedding: {EmbeddingName} {EmbeddingLength}",
        ]);
}
