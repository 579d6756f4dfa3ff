using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// How labels are made of what a detector teacher finds on the training images, before augmentation: as they are stored for the student, or, for a teacher whose fixed input is larger, read once more at its
/// own size.
/// </summary>
public sealed class PseudoLabelOptions
{
    /// <summary>Who finds them, where it is not who <see cref="ObjectDetectionDistillationOptions.Methods"/> learn from: labels by a large detector, say, and predictions by the model in service.</summary>
    /// <value>Default: null, for the run's own <see cref="ObjectDetectionDistillationOptions.Teacher"/>.</value>
    public DetectorTeacher? Teacher { get; init; }

    /// <summary>What the teacher scores lower is not taken for an object.</summary>
    /// <value>0…1. Default: 0.5. The teacher's own threshold holds too (<see cref="OnnxDetectorTeacherOptions.ScoreThreshold"/>).</value>
    public double ScoreThreshold { get; init; } = .5;

    /// <summary>Keep the labels there are and add what the teacher finds beyond them, for data in which objects were overlooked; without it the teacher's labels replace them.</summary>
    /// <value>Default: false.</value>
    public bool AddMissing { get; init; }

    /// <summary>What the teacher finds is beyond the labels if its intersection over union with every given box is below this, whatever their classes.</summary>
    /// <value>Above 0, up to 1. Default: 0.5.</value>
    public double OverlapThreshold { get; init; } = .5;

    /// <summary>Let the student be as sure of a class as the teacher is: scores become confidences of the classes, 1 for given labels.</summary>
    /// <value>Default: false, so that the student is to be sure.</value>
    public bool SoftConfidences { get; init; }

    /// <inheritdoc/>
    public override string ToString() => By(Teacher?.Name);

    /// <summary>What tells these labels from others of the same images: the same wherever the teacher's file lies.</summary>
    internal string Identity => By(Teacher?.Identity);

    private string By(string? teacher)
    {
        var where = AddMissing ? FormattableString.Invariant($"added below IoU {OverlapThreshold}") : "instead of labels";
        return FormattableString.Invariant($"score {ScoreThreshold} {where}{(SoftConfidences ? " soft" : "")}{(teacher is null ? "" : $" by {teacher}")}");
    }

    internal void Validate(Faults faults)
    {
        Teacher?.Validate(faults);
        faults.AddIf(!(ScoreThreshold is >= 0 and <= 1), FormattableString.Invariant($"PseudoLabels.ScoreThreshold is {ScoreThreshold}; it must be in 0…1."));
        faults.AddIf(!(OverlapThreshold is > 0 and <= 1), FormattableString.Invariant($"PseudoLabels.OverlapThreshold is {OverlapThreshold}; it must be above 0, and 1 at most."));
    }
}
