using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What is asked of the course of every training, whatever is trained.</summary>
internal static class TrainingCourse
{
    /// <param name="methods">Those that may not go with a precision.</param>
    public static void ValidateSteps(this ITrainingCourse course, IEnumerable<DistillationMethod> methods, Faults faults)
    {
        faults.AddIf(course.BatchSize < 2, $"BatchSize is {course.BatchSize}; it must be at least 2 (BatchNorm needs more than one image).");
        faults.AddIf(course.Epochs < 1, $"Epochs is {course.Epochs}; it must be at least 1.");
        PrecisionChoice.Validate(course.Precision, methods, faults);
        faults.AddIf(course.GpuDeviceId < 0, $"GpuDeviceId is {course.GpuDeviceId}; it must be 0 or more, or null for the CPU.");
        faults.AddIf(course.Threads < 1, $"Threads is {course.Threads}; it must be at least 1, or null for all processors.");
        faults.AddIf(course.MemoryBudget < 0, $"MemoryBudget is {course.MemoryBudget}; it must be 0 or more bytes.");
        faults.AddIf(!Enum.IsDefined(course.BadImages), $"BadImages is {course.BadImages}; it must be Throw or Skip.");
        faults.AddIf(course.MaxImagePixels < 1, $"MaxImagePixels is {course.MaxImagePixels}; it must be at least 1.");
        faults.Required(course.Optimizer, nameof(course.Optimizer))?.Validate(faults);
        faults.Required(course.Schedule, nameof(course.Schedule))?.Validate(faults, course.Epochs);
    }

    /// <param name="unlabelled">Why no share of the training images can be measured on; null where one can.</param>
    public static void ValidateCourse(this ITrainingCourse course, string? unlabelled, Faults faults)
    {
        faults.AddIf(
            !(course.ValidationFraction >= 0 && course.ValidationFraction < 1), FormattableString.Invariant($"ValidationFraction is {course.ValidationFraction}; it must be 0 or more and below 1."));
        faults.AddIf(course.ValidationFraction > 0 && course.ValidationSet is not null, "ValidationFraction is above 0, and there is a ValidationSet: leave one of them out.");
        faults.AddIf(course.ValidationFraction > 0 && unlabelled is not null, $"ValidationFraction is above 0, and {unlabelled}: give a ValidationSet.");
        faults.AddIf(
            course.MaximumGradientNorm is { } norm && !(norm > 0 && double.IsFinite(norm)),
            FormattableString.Invariant($"MaximumGradientNorm is {course.MaximumGradientNorm}; it must be above 0, or null."));
        faults.AddIf(course.CheckpointFolder is not null && string.IsNullOrWhiteSpace(course.CheckpointFolder), "CheckpointFolder is empty; name a folder, or leave it null.");
        faults.AddIf(!Enum.IsDefined(course.OnCancellation), $"OnCancellation is {course.OnCancellation}; it must be Throw or ReturnBest.");
        faults.Required(course.Checkpoints, nameof(course.Checkpoints))?.Validate(faults);
        course.EarlyStopping?.Validate(faults);
        course.WeightAverage?.Validate(faults);
        course.Recovery?.Validate(faults);
    }

    /// <param name="validation">What <c>Fit</c> was handed.</param>
    public static void ValidateMeasuring(this ITrainingCourse course, IDataView? validation, Faults faults)
    {
        var nothing = validation is null && course.ValidationFraction == 0;
        faults.AddIf(validation is not null && course.ValidationFraction > 0, "ValidationFraction is above 0, and there is a validation set: leave one of them out.");
        faults.AddIf(
            nothing && course.EarlyStopping is not null, "EarlyStopping is set, and there is nothing to measure on: give a ValidationSet, or a ValidationFraction such as 0.1.");
        faults.AddIf(nothing && course.CompareToBaseline is not null, BaselineComparisonOptions.WithoutHeldOut);
    }
}
