using Microsoft.ML;

namespace Samples.ObjectDetection.Data;

/// <summary>Annotations that one call loads.</summary>
/// <param name="Split">What they are for; none where nothing tells.</param>
/// <param name="Load">Gives rows of <see cref="Microsoft.ML.Distillation.AnnotatedImage"/>.</param>
internal sealed record AnnotatedPart(Split Split, Func<MLContext, IDataView> Load);
