using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A detector that already knows: it finds objects in images and, for some kinds, gives the raw predictions and feature maps that a student learns from.
/// A teacher owns its normalisation, input size and class names; it is never changed by training.
/// </summary>
public abstract class DetectorTeacher
{
    private protected DetectorTeacher()
    {
    }

    /// <summary>What to call the teacher in messages and reports.</summary>
    public abstract string Name { get; }

    /// <summary>The teacher's classes in the order of its outputs; null when it is not known.</summary>
    public abstract IReadOnlyList<string>? ClassNames { get; }

    /// <summary>What tells the teacher from others, beside what it says: not where its file lies, which may change.</summary>
    internal virtual string Identity => Name;

    internal abstract void Validate(Faults faults);

    /// <summary>Loads the teacher for use. The caller disposes the session.</summary>
    /// <exception cref="InvalidDataException">The teacher can't be used; the message says why and what to do.</exception>
    internal abstract DetectorTeacherSession Open(DetectorTeacherSettings settings);
}
