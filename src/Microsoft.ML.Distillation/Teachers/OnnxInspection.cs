namespace Microsoft.ML.Distillation;

/// <summary>What an ONNX network has inside that a student can learn from, found by <see cref="OnnxTeacher.Inspect"/>.</summary>
public sealed class OnnxInspection
{
    /// <summary>The size of the image the network was run with.</summary>
    public required ImageSize ImageSize { get; init; }

    /// <summary>The output with the class scores; null for a backbone, which has none.</summary>
    public string? OutputName { get; init; }

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
        FeatureMaps.Select(m => m.ToString()).Prepend($"Feature maps for an image of {ImageSize}:")
            .Append(EmbeddingName is null ? "No embedding." : $"Embedding: {EmbeddingName} {EmbeddingLength}"));
}
