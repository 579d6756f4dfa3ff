namespace Microsoft.ML.Distillation;

/// <summary>An inner tensor of an ONNX network that a student can learn from as a feature map.</summary>
/// <param name="Name">The tensor's name in the file, as <see cref="OnnxTeacherOptions.FeatureNames"/> takes it.</param>
/// <param name="Operator">The ONNX operator that makes it.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="Height">Its height.</param>
/// <param name="Width">Its width.</param>
/// <param name="ChannelsLast">Whether the file keeps it as N×H×W×C; methods are given N×C×H×W in any case.</param>
/// <param name="IsDefault">Whether it is among those taken where <see cref="OnnxTeacherOptions.FeatureNames"/> is null.</param>
public sealed record OnnxFeatureMap(string Name, string Operator, int Channels, int Height, int Width, bool ChannelsLast, bool IsDefault)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Operator}) {Channels}×{Height}×{Width}" + (IsDefault ? ", default" : "");
}
