using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A way for a student to learn from more than its labels. Methods compose: the loss is the task loss plus the sum of every method's
/// weighted terms.
/// </summary>
public abstract class DistillationMethod
{
    private protected DistillationMethod()
    {
    }

    /// <summary>The method's name, as in reports and logs.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the method needs a teacher's logits over the student's classes.</summary>
    internal virtual bool NeedsTeacherLogits => false;

    /// <summary>Factor on the task loss: a method whose formula mixes both states its share here. Several methods' factors multiply.</summary>
    internal virtual double TaskWeight => 1;

    internal abstract void Validate(Faults faults);

    /// <summary>Makes the loss for one run; it owns whatever it trains beside the student.</summary>
    internal abstract DistillationLoss CreateLoss();
}

/// <summary>What a method computes at every step.</summary>
internal abstract class DistillationLoss
{
    /// <summary>Projectors, adapters or heads that train with the student and are never exported; null for none.</summary>
    public virtual nn.Module? Helper => null;

    public abstract IReadOnlyList<LossTerm> Compute(LossInput input);
}

/// <summary>What a loss sees of a step.</summary>
internal sealed record LossInput(ModelOutput Student, ModelOutput? Teacher, Tensor Labels);

/// <summary>A named scalar that joins the total as <paramref name="Weight"/> × <paramref name="Value"/>.</summary>
internal readonly record struct LossTerm(string Name, Tensor Value, double Weight);
