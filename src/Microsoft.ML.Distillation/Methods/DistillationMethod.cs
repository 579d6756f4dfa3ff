using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A way for a student to learn from more than its labels. Methods compose: the loss is the task loss plus the sum of every method's
/// weighted terms.
/// </summary>
public abstract class DistillationMethod
{
    /// <summary>What is wrong with a method that learns from labels where there are none; its name comes before.</summary>
    internal const string WithoutLabels =
        "learns from labels, and there are none (LabelColumnName is null): choose a method that learns from the teacher alone, such as KnowledgeDistillation.";

    private protected DistillationMethod()
    {
    }

    /// <summary>The method's name, as in reports and logs.</summary>
    public abstract string Name { get; }

    /// <summary>What the method can't do without of a teacher; <see cref="TeacherParts.None"/> for a self-distillation.</summary>
    internal virtual TeacherParts Needs => TeacherParts.None;

    /// <summary>What the method needs beside the usual batch and forward.</summary>
    internal virtual BatchParts Uses => BatchParts.None;

    /// <summary>Whether its terms have gradients from the first step on.</summary>
    internal virtual bool TeachesAtOnce => true;

    /// <summary>Whether it can't do without the images' labels.</summary>
    internal bool LearnsFromLabels => (Uses & (BatchParts.Labels | BatchParts.OneLabel | BatchParts.SameClassImage)) != 0;

    /// <summary>How far it softens the teacher's outputs; null where it does not.</summary>
    internal virtual double? TeacherTemperature => null;

    /// <summary>Factor on the task loss: a method whose formula mixes both states its share here. Several methods' factors multiply.</summary>
    internal virtual double TaskWeight => 1;

    /// <summary>Checks the options by themselves.</summary>
    internal abstract void Validate(Faults faults);

    /// <summary>Checks, before training, that this student, teacher and data can be used; says why not and what to choose.</summary>
    internal virtual void Check(LossContext context, Faults faults)
    {
    }

    /// <summary>Makes the loss for one run; it owns whatever it trains beside the student.</summary>
    internal abstract DistillationLoss CreateLoss(LossContext context);
}

/// <summary>Parts of a teacher's output that a method may need.</summary>
[Flags]
internal enum TeacherParts
{
    None = 0,

    /// <summary>Logits over the student's classes.</summary>
    Logits = 1,

    /// <summary>Feature maps.</summary>
    Features = 2,

    /// <summary>The pooled vector before its classifier.</summary>
    Embedding = 4,

    /// <summary>Gradients of its outputs by its input and feature maps.</summary>
    Gradients = 8,
}

/// <summary>What a method may need of a step that other methods do without, because it costs time.</summary>
[Flags]
internal enum BatchParts
{
    None = 0,

    /// <summary>Feature maps before each stage's last activation (<see cref="ModelOutput.PreActivations"/>).</summary>
    PreActivations = 1,

    /// <summary>Gradients of the student's outputs by its input (<see cref="ModelOutput.Input"/>).</summary>
    InputGradients = 2,

    /// <summary>Every image a second time, changed anew (<see cref="LossInput.Companion"/>).</summary>
    SecondView = 4,

    /// <summary>For every image another one of its class (<see cref="LossInput.Companion"/>).</summary>
    SameClassImage = 8,

    /// <summary>One label an image: images that are mixed of two can't be used.</summary>
    OneLabel = 16,

    /// <summary>The images' labels: there may be none (<see cref="LossContext.HasLabels"/>).</summary>
    Labels = 32,
}
