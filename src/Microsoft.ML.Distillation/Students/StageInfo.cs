namespace Microsoft.ML.Distillation;

/// <summary>A stage of a student: where its feature map is tapped and what shape it has.</summary>
/// <param name="Name">The stage's name, as in the module's <c>state_dict</c> (<c>layer2</c>).</param>
/// <param name="Channels">Channels of its feature map.</param>
/// <param name="Stride">How many input pixels one step of the map spans: the map is N×Channels×(H/Stride)×(W/Stride), rounded up.</param>
public sealed record StageInfo(string Name, int Channels, int Stride);
