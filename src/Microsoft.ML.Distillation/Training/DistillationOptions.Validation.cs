using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation;

// What is asked of the course of every training, whatever is trained, and what a report says of it.
public abstract partial class DistillationOptions
{
    /// <summary>The fewest images that a step can have.</summary>
    private protected virtual int LeastBatchSize => 2;

    /// <summary>How many trainings a run takes.</summary>
    internal int Trainings => (2 * CompareToBaseline?.Seeds ?? 1) + (QuantizationAware is null ? 0 : 1);

    /// <summary>The options by name, as they go into the report.</summary>
    internal virtual IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        [nameof(BatchSize)] = FormattableString.Invariant($"{BatchSize}"),
        [nameof(Epochs)] = FormattableString.Invariant($"{Epochs}"),
        [nameof(Optimizer)] = $"{Optimizer}",
        [nameof(Schedule)] = $"{Schedule}",
        [nameof(Precision)] = $"{Precision}",
        [nameof(BadImages)] = BadImages.ToString(),
        [nameof(MaxImagePixels)] = FormattableString.Invariant($"{MaxImagePixels}"),
        [nameof(ValidationFraction)] = FormattableString.Invariant($"{ValidationFraction}"),
        [nameof(KeepBest)] = $"{KeepBest}",
        [nameof(EarlyStopping)] = EarlyStopping is null ? "none" : $"{EarlyStopping}",
        [nameof(WeightAverage)] = WeightAverage is null ? "none" : $"{WeightAverage}",
        [nameof(MaximumGradientNorm)] = MaximumGradientNorm is null ? "none" : FormattableString.Invariant($"{MaximumGradientNorm}"),
        [nameof(Recovery)] = Recovery is null ? "none" : $"{Recovery}",
        [nameof(CompareToBaseline)] = CompareToBaseline is null ? "off" : $"{CompareToBaseline}",
        [nameof(QuantizationAware)] = QuantizationAware is null ? "off" : $"{QuantizationAware}",
    };

    /// <summary>Settings of a training with what the options say of its course.</summary>
    /// <param name="precision">What <see cref="Precision"/> came to on the device.</param>
    internal T OnCourse<T>(T settings, Precision precision) where T : LoopSettings => settings with
    {
        OnCancellation = OnCancellation,
        KeepBest = KeepBest,
        EarlyStopping = EarlyStopping,
        WeightAverage = WeightAverage,
        MaximumGradientNorm = MaximumGradientNorm,
        Precision = precision,
        Recovery = Recovery,
    };

    /// <param name="methods">Those that may not go with a precision.</param>
    private protected void ValidateSteps(IEnumerable<DistillationMethod> methods, Faults faults)
    {
        faults.AddIf(BatchSize < LeastBatchSize, $"BatchSize is {BatchSize}; it must be at least {LeastBatchSize}{(LeastBatchSize == 1 ? "" : " (BatchNorm needs more than one image)")}.");
        faults.AddIf(Epochs < 1, $"Epochs is {Epochs}; it must be at least 1.");
        PrecisionChoice.Validate(Precision, methods, faults);
        faults.AddIf(GpuDeviceId < 0, $"GpuDeviceId is {GpuDeviceId}; it must be 0 or more, or null for the CPU.");
        faults.AddIf(Threads < 1, $"Threads is {Threads}; it must be at least 1, or null for all processors.");
        faults.AddIf(MemoryBudget < 0, $"MemoryBudget is {MemoryBudget}; it must be 0 or more bytes.");
        faults.AddIf(!Enum.IsDefined(BadImages), $"BadImages is {BadImages}; it must be Throw or Skip.");
        faults.AddIf(MaxImagePixels < 1, $"MaxImagePixels is {MaxImagePixels}; it must be at least 1.");
        faults.Required(Optimizer, nameof(Optimizer))?.Validate(faults);
        faults.Required(Schedule, nameof(Schedule))?.Validate(faults, Epochs);
    }

    /// <summary>What is wrong with the memory of a batch, which is one array of bytes; null for nothing.</summary>
    /// <param name="size">Stored images.</param>
    /// <param name="whose">What the size is, for the message: "ImageSize".</param>
    internal static string? BatchFault(int batchSize, ImageSize size, string whose) => 3 * (Int128)size.Pixels * batchSize <= Array.MaxLength
        ? null
        : FormattableString.Invariant(
            $"BatchSize is {batchSize} and {whose} is {size}: a batch of such images has {3 * (Int128)size.Pixels * batchSize} bytes, and {Array.MaxLength} is the most there can be; lower one of them.");

    /// <param name="size">Size of the student's images.</param>
    private protected void ValidateBatch(ImageSize? size, Faults faults)
    {
        if (BatchSize >= 1 && size is { Width: > 0, Height: > 0 } images && BatchFault(BatchSize, images, "ImageSize") is { } fault)
            faults.Add(fault);
    }

    /// <param name="unlabelled">Why no share of the training images can be measured on; null where one can.</param>
    private protected void ValidateCourse(string? unlabelled, Faults faults)
    {
        faults.AddIf(
            !(ValidationFraction >= 0 && ValidationFraction < 1), FormattableString.Invariant($"ValidationFraction is {ValidationFraction}; it must be 0 or more and below 1."));
        faults.AddIf(ValidationFraction > 0 && ValidationSet is not null, "ValidationFraction is above 0, and there is a ValidationSet: leave one of them out.");
        faults.AddIf(ValidationFraction > 0 && unlabelled is not null, $"ValidationFraction is above 0, and {unlabelled}: give a ValidationSet.");
        faults.AddIf(
            MaximumGradientNorm is { } norm && !(norm > 0 && double.IsFinite(norm)),
            FormattableString.Invariant($"MaximumGradientNorm is {MaximumGradientNorm}; it must be above 0, or null."));
        faults.AddIf(CheckpointFolder is not null && string.IsNullOrWhiteSpace(CheckpointFolder), "CheckpointFolder is empty; name a folder, or leave it null.");
        faults.AddIf(!Enum.IsDefined(OnCancellation), $"OnCancellation is {OnCancellation}; it must be Throw or ReturnBest.");
        faults.Required(Checkpoints, nameof(Checkpoints))?.Validate(faults);
        EarlyStopping?.Validate(faults);
        WeightAverage?.Validate(faults);
        Recovery?.Validate(faults);
        QuantizationAware?.Validate(faults);
    }

    /// <param name="validation">What <c>Fit</c> was handed.</param>
    private protected void ValidateMeasuring(IDataView? validation, Faults faults)
    {
        var nothing = validation is null && ValidationFraction == 0;
        faults.AddIf(validation is not null && ValidationFraction > 0, "ValidationFraction is above 0, and there is a validation set: leave one of them out.");
        faults.AddIf(
            nothing && EarlyStopping is not null, "EarlyStopping is set, and there is nothing to measure on: give a ValidationSet, or a ValidationFraction such as 0.1.");
        faults.AddIf(nothing && CompareToBaseline is not null, BaselineComparisonOptions.WithoutHeldOut);
    }
}
