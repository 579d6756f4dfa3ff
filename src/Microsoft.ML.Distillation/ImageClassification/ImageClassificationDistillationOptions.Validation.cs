using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation;

// What options must be, by themselves and together, and what a report says of them.
public sealed partial class ImageClassificationDistillationOptions
{
    internal const string WithoutValidationLabel =
        "There is validation data, but no label to measure on: LabelColumnName is null, and so is ValidationLabelColumnName; name the validation data's label there.";

    /// <summary>The same options with a list of methods of their own: what their maker adds to his later, a run never sees.</summary>
    internal ImageClassificationDistillationOptions Copy()
    {
        var copy = (ImageClassificationDistillationOptions)MemberwiseClone();
        copy._methods = _methods is null ? null! : [.. _methods];
        return copy;
    }

    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    internal void Validate()
    {
        var faults = new Faults("Options of DistillImageClassification");
        ValidateColumns(faults);
        ValidateMethods(faults);
        faults.AddIf(ImageSize is { } size && (size.Width < 8 || size.Height < 8), $"ImageSize is {ImageSize}; both sides must be at least 8 pixels.");
        ValidateSteps(Methods?.OfType<DistillationMethod>() ?? [], faults);
        faults.Required(Augmentation, nameof(Augmentation))?.Validate(faults);
        faults.Required(Student, nameof(Student));
        ValidateBatch(ImageSize ?? Student?.DefaultImageSize, faults);
        TeacherCache?.Validate(faults);
        Checkup?.Validate(faults);
        BalanceTerms?.Validate(faults);
        Evidence?.Validate(faults);
        faults.AddIf(
            BalanceTerms is not null && (LabelColumnName is null || Methods is { Count: 0 }),
            "BalanceTerms weighs methods against the labels' cross-entropy, and there are no labels (LabelColumnName is null) or no methods: leave it null.");
        ValidateCourse(LabelColumnName is null ? "the training images have no label to measure on (LabelColumnName is null)" : null, faults);
        ValidateComparison(faults);
        faults.ThrowIfAny("options");
    }

    /// <summary>Checks what the options and the data handed to <c>Fit</c> say together.</summary>
    /// <exception cref="ArgumentException">They contradict one another.</exception>
    internal void ValidateMeasuring(IDataView? validation)
    {
        var faults = new Faults("Options of DistillImageClassification");
        ValidateMeasuring(validation, faults);
        faults.AddIf(validation is null && ValidationFraction == 0 && Evidence is not null, EvidenceOptions.WithoutHeldOut);
        faults.ThrowIfAny("options");
    }

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>(base.Describe())
    {
        [nameof(Methods)] = Methods.Count == 0 ? "none" : string.Join("; ", Methods),
        [nameof(Resizing)] = Resizing.ToString(),
        [nameof(Augmentation)] = $"{Augmentation}",
        [nameof(TeacherCache)] = TeacherCache is null ? "off" : $"{TeacherCache}",
        [nameof(BalanceTerms)] = BalanceTerms is null ? "off" : $"{BalanceTerms}",
        [nameof(Checkup)] = Checkup is null ? "off" : $"{Checkup}",
        [nameof(Evidence)] = Evidence is null ? "off" : $"{Evidence}",
    };

    private void ValidateComparison(Faults faults)
    {
        if (CompareToBaseline is null)
            return;
        CompareToBaseline.Validate(faults);
        faults.AddIf(Methods is { Count: 0 }, "CompareToBaseline is set, but Methods is empty, so that the student is its own baseline: add a method, or leave the comparison out.");
        faults.AddIf(LabelColumnName is null, "CompareToBaseline trains the student without its teacher too, and without labels (LabelColumnName is null) it would learn from nothing: leave the comparison out.");
    }

    private void ValidateColumns(Faults faults)
    {
        foreach (var (name, column) in new[] { (nameof(LabelColumnName), LabelColumnName), (nameof(ValidationLabelColumnName), ValidationLabelColumnName) })
            faults.AddIf(column is not null && string.IsNullOrWhiteSpace(column), $"{name} is empty; name a column.");
        foreach (var (name, column) in new[] { (nameof(ImageColumnName), ImageColumnName), (nameof(ScoreColumnName), ScoreColumnName), (nameof(PredictedLabelColumnName), PredictedLabelColumnName) })
            faults.AddIf(string.IsNullOrWhiteSpace(column), $"{name} is empty; name a column.");
        faults.AddIf(ScoreColumnName == PredictedLabelColumnName, $"ScoreColumnName and PredictedLabelColumnName are both '{ScoreColumnName}'; they must differ.");
    }

    private void ValidateMethods(Faults faults)
    {
        if (faults.Required(Methods, nameof(Methods)) is null)
            return;
        faults.AddIf(Methods.Any(m => m is null), "Methods holds a null; leave it out.");
        foreach (var method in Methods.Where(m => m is not null))
        {
            method.Validate(faults);
            faults.AddIf(LabelColumnName is null && method.LearnsFromLabels, $"{method.Name} {DistillationMethod.WithoutLabels}");
            faults.AddIf(method.Needs != TeacherParts.None && Teacher is null, $"{method.Name} learns from a teacher, and Teacher is null: set it, or remove the method.");
        }
        Companions.Check(Methods.OfType<DistillationMethod>(), faults);
        Augmentation?.Check(Methods.OfType<DistillationMethod>(), faults);
        faults.AddIf(Teacher is not null && Methods.Count == 0, "Teacher is set, but Methods is empty, so nothing would be learned from it: add new KnowledgeDistillation().");
        faults.AddIf(Teacher is not null && LabelColumnName is not null && Methods.Count > 0 && Methods.All(m => m is { Needs: TeacherParts.None }),
            "Teacher is set, but none of the methods learns from it: add new KnowledgeDistillation(), or leave the teacher out.");
        ValidateTeacher(faults);
    }

    private void ValidateTeacher(Faults faults)
    {
        Teacher?.Validate(faults);
        if (Augmentation is not null)
            Teacher?.Check(Augmentation, faults);
        if (LabelColumnName is not null)
            return;
        faults.AddIf(Teacher is null, "LabelColumnName is null, so that only a teacher could say what images show, and Teacher is null: set one of them.");
        faults.AddIf(
            Teacher is not null && Methods.Count > 0 && Methods.All(m => m is not null && (m.Needs & TeacherParts.Logits) == 0),
            "LabelColumnName is null, and no method learns from the teacher's logits, so that nothing would train the student's classifier: add new KnowledgeDistillation().");
        faults.AddIf(ValidationSet is not null && ValidationLabelColumnName is null, WithoutValidationLabel);
    }
}
