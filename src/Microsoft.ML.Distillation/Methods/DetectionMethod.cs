using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A way for a detector to learn from another detector. Methods compose: the loss is the task loss plus the sum of every method's weighted terms.
/// </summary>
public abstract class DetectionMethod
{
    private protected DetectionMethod()
    {
    }

    /// <summary>The method's name, as in reports and logs.</summary>
    public abstract string Name { get; }

    /// <summary>What the method can't do without of the teacher.</summary>
    internal virtual DetectionParts Needs => DetectionParts.None;

    /// <summary>Whether the teacher's classes must be the student's, by name.</summary>
    internal virtual bool ComparesClasses => false;

    /// <summary>Whether the student begins with the teacher's weights of neck and head, wherever their shapes are the student's.</summary>
    internal virtual bool InheritsWeights => false;

    /// <summary>Checks the options by themselves.</summary>
    internal abstract void Validate(Faults faults);

    /// <summary>Checks, before training, that this student and teacher can be used; there is a teacher, and it gives what the method needs.</summary>
    internal virtual void Check(DetectionLossContext context, Faults faults)
    {
    }

    /// <summary>Makes the loss for one run; it owns whatever it trains beside the student.</summary>
    internal abstract DetectionLoss CreateLoss(DetectionLossContext context);
}

/// <summary>Parts of a detector's output that a method may need.</summary>
[Flags]
internal enum DetectionParts
{
    None = 0,

    /// <summary>Raw predictions.</summary>
    Heads = 1,

    /// <summary>The neck's feature maps.</summary>
    Features = 2,
}
