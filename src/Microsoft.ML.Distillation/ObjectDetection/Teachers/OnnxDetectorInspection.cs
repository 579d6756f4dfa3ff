namespace Microsoft.ML.Distillation;

/// <summary>What an ONNX detector takes and gives, found by <see cref="OnnxDetectorTeacher.Inspect"/>.</summary>
public sealed class OnnxDetectorInspection
{
    /// <summary>How its outputs are laid out; never <see cref="DetectorOutputLayout.Auto"/>.</summary>
    public required DetectorOutputLayout Layout { get; init; }

    /// <summary>The outputs that are read.</summary>
    public required IReadOnlyList<string> OutputNames { get; init; }

    /// <summary>The size of the image the network was run with.</summary>
    public required ImageSize ImageSize { get; init; }

    /// <summary>How many classes it tells apart.</summary>
    public required int ClassCount { get; init; }

    /// <summary>What it is given of pixels.</summary>
    public required ImageNormalization Normalization { get; init; }

    /// <summary>Whether methods can learn from its raw predictions.</summary>
    public required bool HasRawPredictions { get; init; }

    /// <summary>All feature maps between the image and the results, in the order they are computed; none for a file that takes one image without a batch axis.</summary>
    public required IReadOnlyList<OnnxFeatureMap> FeatureMaps { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        Environment.NewLine,
        FeatureMaps.Select(m => m.ToString()).Prepend(
            $"{Layout} ({string.Join(", ", OutputNames)}), {ClassCount} classes, pixels {Normalization}, {(HasRawPredictions ? "with" : "without")} raw predictions. Feature maps for an image of {ImageSize}:"));
}
