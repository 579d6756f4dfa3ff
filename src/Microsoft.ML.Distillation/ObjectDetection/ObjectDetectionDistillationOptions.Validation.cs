using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation;

// What options must be, by themselves and together, and what a report says of them.
public sealed partial class ObjectDetectionDistillationOptions
{
    internal const string WithoutValidationLabels =
        "There is validation data, but no labels to measure by: LabelColumnName is null, and so is ValidationLabelColumnName or ValidationBoundingBoxColumnName; name the validation data's columns there.";

    private const string Owner = "Options of DistillObjectDetection";

    internal Suppression Suppression => new()
    {
        ScoreThreshold = (float)ScoreThreshold, IouThreshold = (float)IouThreshold, Maximum = MaxDetections, MaximumPerClass = MaxDetections,
    };

    // A detector's BatchNorm has a map's places beside the images.
    private protected override int LeastBatchSize => 1;

    /// <summary>Whether training images come with labels and boxes.</summary>
    internal bool HasLabels => LabelColumnName is not null && BoundingBoxColumnName is not null;

    internal string? ValidationLabels => ValidationLabelColumnName ?? LabelColumnName;

    internal string? ValidationBoxes => ValidationBoundingBoxColumnName ?? BoundingBoxColumnName;

    /// <summary>Who teaches: the one whom methods learn from, or where there is none who finds labels.</summary>
    internal DetectorTeacher? MainTeacher => Teacher ?? PseudoLabels?.Teacher;

    /// <summary>Who finds labels, where that is another than the <see cref="MainTeacher"/>.</summary>
    internal DetectorTeacher? Finder => ReferenceEquals(PseudoLabels?.Teacher, MainTeacher) ? null : PseudoLabels?.Teacher;

    internal DetectorColumns Outputs => new(PredictedLabelColumnName, ScoreColumnName, PredictedBoundingBoxColumnName);

    /// <summary>The same options with a list of methods of their own: what their maker adds to his later, a run never sees.</summary>
    internal ObjectDetectionDistillationOptions Copy()
    {
        var copy = (ObjectDetectionDistillationOptions)MemberwiseClone();
        copy._methods = _methods is null ? null! : [.. _methods];
        return copy;
    }

    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    internal void Validate()
    {
        var faults = new Faults(Owner);
        ValidateColumns(faults);
        ValidateMethods(faults);
        ValidateModel(faults);
        ValidateSteps([], faults);
        faults.Required(Augmentation, nameof(Augmentation))?.Validate(faults);
        Checkup?.Validate(faults);
        ValidateCourse(HasLabels ? null : "the training images have no labels to measure by (LabelColumnName is null)", faults);
        faults.AddIf(ValidationSet is not null && (ValidationLabels is null || ValidationBoxes is null), WithoutValidationLabels);
        ValidateComparison(faults);
        faults.ThrowIfAny("options");
    }

    /// <summary>Checks what the options and the data handed to <c>Fit</c> say together.</summary>
    /// <exception cref="ArgumentException">They contradict one another.</exception>
    internal void ValidateMeasuring(IDataView? validation)
    {
        var faults = new Faults(Owner);
        ValidateMeasuring(validation, faults);
        faults.AddIf(validation is not null && ValidationSet is null && (ValidationLabels is null || ValidationBoxes is null), WithoutValidationLabels);
        faults.ThrowIfAny("options");
    }

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>(base.Describe())
    {
        [nameof(Methods)] = Methods.Count == 0 ? "none" : string.Join("; ", Methods),
        [nameof(PseudoLabels)] = PseudoLabels is null ? "none" : $"{PseudoLabels}",
        [nameof(Augmentation)] = $"{Augmentation}",
        [nameof(BadObjects)] = $"{BadObjects}",
        [nameof(ScoreThreshold)] = FormattableString.Invariant($"{ScoreThreshold}"),
        [nameof(IouThreshold)] = FormattableString.Invariant($"{IouThreshold}"),
        [nameof(MaxDetections)] = FormattableString.Invariant($"{MaxDetections}"),
        [nameof(Checkup)] = Checkup is null ? "off" : $"{Checkup}",
        [Student.IsYolo ? nameof(YoloLoss) : nameof(RetinaNetLoss)] = Student.IsYolo ? $"{YoloLoss}" : $"{RetinaNetLoss}",
    };

    private void ValidateModel(Faults faults)
    {
        faults.Required(Student, nameof(Student));
        faults.AddIf(
            ImageSize is { } size && !DetectorModule.Takes(size), $"ImageSize is {ImageSize}; both sides must be multiples of {DetectorModule.SizeStep}, such as 320×320.");
        faults.AddIf(
            ImageSize == DetectorModule.SmallestSize && BatchSize == 1,
            $"BatchSize is 1, and of an image of {ImageSize} the coarsest map has one place: BatchNorm needs more than one value a channel, so give a larger ImageSize, or a BatchSize of 2 or more.");
        // Without a size of the options', a teacher may bring one.
        ValidateBatch(ImageSize ?? (Teacher is null ? Student?.DefaultImageSize : null), faults);
        faults.Required(YoloLoss, nameof(YoloLoss))?.Validate(faults);
        faults.Required(RetinaNetLoss, nameof(RetinaNetLoss))?.Validate(faults);
        faults.AddIf(!(ScoreThreshold is >= 0 and <= 1), FormattableString.Invariant($"ScoreThreshold is {ScoreThreshold}; it must be 0 to 1."));
        faults.AddIf(!(IouThreshold is >= 0 and <= 1), FormattableString.Invariant($"IouThreshold is {IouThreshold}; it must be 0 to 1."));
        faults.AddIf(!Enum.IsDefined(BadObjects), $"BadObjects is {BadObjects}; it must be Refuse or Drop.");
        faults.AddIf(MaxDetections < 1, $"MaxDetections is {MaxDetections}; it must be at least 1.");
    }

    private void ValidateComparison(Faults faults)
    {
        if (CompareToBaseline is null)
            return;
        CompareToBaseline.Validate(faults);
        faults.AddIf(
            Methods is { Count: 0 } && PseudoLabels is null,
            "CompareToBaseline is set, but Methods is empty and PseudoLabels is null, so that the student is its own baseline: add a method, or leave the comparison out.");
        faults.AddIf(!HasLabels, "CompareToBaseline trains the student without its teacher too, and without labels (LabelColumnName is null) it would learn from nothing: leave the comparison out.");
    }

    private void ValidateColumns(Faults faults)
    {
        (string Name, string Column)[] outputs =
        [
            (nameof(PredictedLabelColumnName), PredictedLabelColumnName), (nameof(ScoreColumnName), ScoreColumnName), (nameof(PredictedBoundingBoxColumnName), PredictedBoundingBoxColumnName),
        ];
        (string Name, string? Column)[] optional =
        [
            (nameof(LabelColumnName), LabelColumnName), (nameof(BoundingBoxColumnName), BoundingBoxColumnName),
            (nameof(ValidationLabelColumnName), ValidationLabelColumnName), (nameof(ValidationBoundingBoxColumnName), ValidationBoundingBoxColumnName),
        ];
        foreach (var (name, column) in optional)
            faults.AddIf(column is not null && string.IsNullOrWhiteSpace(column), $"{name} is empty; name a column.");
        faults.AddIf(
            LabelColumnName is null != BoundingBoxColumnName is null,
            $"{(LabelColumnName is null ? "LabelColumnName is null and BoundingBoxColumnName" : "BoundingBoxColumnName is null and LabelColumnName")} is not: labels and boxes go together; set both to null for images without labels.");
        foreach (var (name, column) in outputs.Prepend((nameof(ImageColumnName), ImageColumnName)))
            faults.AddIf(string.IsNullOrWhiteSpace(column), $"{name} is empty; name a column.");
        foreach (var same in outputs.Where(o => !string.IsNullOrWhiteSpace(o.Column)).GroupBy(o => o.Column).Where(same => same.Count() > 1))
            faults.Add($"{string.Join(" and ", same.Select(o => o.Name))} are {(same.Count() == 2 ? "both" : "all")} '{same.Key}'; they must differ.");
    }

    private void ValidateMethods(Faults faults)
    {
        Teacher?.Validate(faults);
        if (faults.Required(Methods, nameof(Methods)) is null)
            return;
        faults.AddIf(Methods.Any(m => m is null), "Methods holds a null; leave it out.");
        foreach (var method in Methods.Where(m => m is not null))
        {
            method.Validate(faults);
            faults.AddIf(method.Needs != DetectionParts.None && Teacher is null, $"{method.Name} learns from a teacher, and Teacher is null: set it, or remove the method.");
        }
        PseudoLabels?.Validate(faults);
        faults.AddIf(PseudoLabels is not null && MainTeacher is null, "PseudoLabels is set, and Teacher, which would find them, is null: set it, or leave PseudoLabels null.");
        faults.AddIf(
            !HasLabels && PseudoLabels is null,
            "LabelColumnName is null, so that only a teacher could say what is on the images, and PseudoLabels is null: set it together with a Teacher.");
        faults.AddIf(!HasLabels && PseudoLabels is { AddMissing: true }, "PseudoLabels.AddMissing is set, and there are no labels that anything could be added to (LabelColumnName is null): set it to false.");
        faults.AddIf(
            Teacher is not null && Methods.Count == 0 && PseudoLabels is null, "Teacher is set, but Methods is empty, so nothing would be learned from it: add new FocalGlobalDistillation(), or set PseudoLabels.");
        faults.AddIf(
            Teacher is not null && Methods.Count == 0 && Finder is not null,
            "Teacher is set, but Methods is empty and PseudoLabels has a Teacher of its own, so nothing would be learned from it: add a method, or leave the one or the other null.");
    }
}
