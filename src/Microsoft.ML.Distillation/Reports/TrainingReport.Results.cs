namespace Microsoft.ML.Distillation;

public sealed partial record TrainingReport
{
    /// <summary>What the model is for.</summary>
    public string Task { get; init; } = "image classification";

    /// <summary>What to call the data; null where nobody said.</summary>
    public string? DatasetName { get; init; }

    /// <summary>The classes in the order of the scores.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Images of a test set that the figures are of; null where they are of the validation images.</summary>
    public int? TestRows { get; init; }

    /// <summary>Whether the student learned from more than its labels: it had a teacher or methods.</summary>
    public bool IsDistilled { get; init; }

    /// <summary>The returned student; the first seed's, never chosen by its result.</summary>
    public ModelFigures? StudentFigures { get; init; }

    /// <summary>The teacher; null without one.</summary>
    public ModelFigures? TeacherFigures { get; init; }

    /// <summary>The student trained without teacher and methods; null where the options have no <see cref="DistillationOptions.CompareToBaseline"/>.</summary>
    public ModelFigures? BaselineFigures { get; init; }

    /// <summary>Whether distillation helped; null where the options have no <see cref="DistillationOptions.CompareToBaseline"/>, or one of the trainings it takes diverged.</summary>
    public BaselineComparison? Comparison { get; init; }

    /// <summary>How the vectors before the classifier lie; null without validation images.</summary>
    public FeatureFigures? Features { get; init; }

    /// <summary>The student's most confident mistakes on the validation images, worst first; at most 12.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; init; } = [];

    /// <summary>
    /// What quantising the student did to it. A run with <see cref="DistillationOptions.QuantizationAware"/> has it, measured on the validation images; to another's report
    /// <c>report with { Quantization = student.SaveAsOnnx(path, Quantization.Int8(…)) }</c> adds it. Else null.
    /// </summary>
    public QuantizationReport? Quantization { get; init; }

    /// <summary>Early exits, shallowest first, the student itself last; empty where no method made any.</summary>
    public IReadOnlyList<ExitFigures> Exits { get; init; } = [];

    /// <summary>All seeds students were trained with, the returned one's first.</summary>
    public IReadOnlyList<int> Seeds => Comparison is null ? [Seed] : [.. Comparison.Seeds.Select(seed => seed.Seed)];
}
