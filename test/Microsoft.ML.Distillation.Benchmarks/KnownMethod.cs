using Microsoft.ML.Distillation;

namespace Benchmarks;

/// <summary>A method as it is compared: by the class's name, with its default options.</summary>
internal sealed record KnownMethod(string Name, bool NeedsTeacher, Func<IList<DistillationMethod>> Create)
{
    /// <summary>
    /// The methods that any ONNX teacher can be used with, and those that need none. Gradients can be had only of files whose operators are all known, so GradientAttentionTransfer is not among
    /// them; LabelAugmentation and DataDistortion are, though they train on more images a step than the others.
    /// </summary>
    public static IReadOnlyList<KnownMethod> All { get; } =
    [
        Taught<KnowledgeDistillation>(),
        Taught<DecoupledDistillation>(),
        Taught<HintDistillation>(),
        Taught<AttentionTransfer>(),
        Taught<FspDistillation>(),
        Taught<ProjectorEnsemble>(),
        Taught<SimilarityPreserving>(),
        Taught<RelationalDistillation>(),
        Taught<CorrelationCongruence>(),
        Taught<ContrastiveDistillation>(),
        Alone<DeepSupervision>(),
        Alone<SelfAttentionDistillation>(),
        Alone<BeYourOwnTeacher>(),
        Alone<FeatureRefinement>(),
        Alone<LabelAugmentation>(),
        Alone<ClassWiseSelfDistillation>(),
        Alone<DataDistortion>(),
    ];

    private static KnownMethod Taught<T>() where T : DistillationMethod, new() => new(typeof(T).Name, true, () => [new T()]);

    private static KnownMethod Alone<T>() where T : DistillationMethod, new() => new(typeof(T).Name, false, () => [new T()]);
}
