using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A model that already knows: it maps images to class scores (and, for some kinds, to feature maps) that a student learns from.
/// A teacher owns its normalisation, input size, layout and class names; it is never changed by training.
/// </summary>
public abstract class Teacher
{
    private protected Teacher()
    {
    }

    /// <summary>What to call the teacher in messages and reports.</summary>
    public abstract string Name { get; }

    /// <summary>The teacher's classes in the order of its outputs; null when it is not known.</summary>
    public abstract IReadOnlyList<string>? ClassNames { get; }

    /// <summary>What it is taken to expect of pixels, where that could be wrong; null for a teacher that knows it by itself, or doesn't look at pixels.</summary>
    internal virtual ImageNormalization? AssumedNormalization => null;

    /// <summary>How to give it its channels in the other order.</summary>
    internal virtual string ChannelRemedy => "Let the network itself swap the channels of its input: what it is given is red, green, blue.";

    /// <summary>What tells the teacher from others, beside what it says: not where its file lies, which may change.</summary>
    internal virtual string Identity => Name;

    internal abstract void Validate(Faults faults);

    /// <summary>Checks whether what the teacher says holds for images changed at random.</summary>
    internal virtual void Check(ImageAugmentation augmentation, Faults faults)
    {
    }

    /// <summary>Its classes where the rows it is to score may tell them; null when they are not known.</summary>
    internal virtual IReadOnlyList<string>? FindClassNames(IDataView? rows) => ClassNames;

    /// <summary>Loads the teacher for use. The caller disposes the session.</summary>
    /// <exception cref="InvalidDataException">The teacher can't be used; the message says why and what to do.</exception>
    internal abstract TeacherSession Open(TeacherSettings settings);
}
