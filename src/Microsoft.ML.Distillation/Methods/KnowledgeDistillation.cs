using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Knowledge distillation from a teacher's softened outputs:
/// <c>(1 − α)·CE(z_s, y) + α·T²·KL(softmax(z_t/T) ‖ softmax(z_s/T))</c>, with KL summed over classes and averaged over the batch.
/// </summary>
/// <remarks>
/// Hinton, Vinyals, Dean: "Distilling the knowledge in a neural network", 2015, https://arxiv.org/abs/1503.02531. The factor T² keeps the
/// gradient's size as T changes (section 2). The mean over the batch, not over batch × classes, is the paper's and RepDistiller's; libraries that
/// average over both divide the term by the number of classes as well. Needs a teacher whose classes are the student's. No memory of its own.
/// </remarks>
public sealed class KnowledgeDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "KnowledgeDistillation";

    /// <summary>T: how far both outputs are softened. Higher values show more of how the teacher ranks the wrong classes.</summary>
    /// <value>Above 0; default 4.</value>
    public double Temperature { get; init; } = 4;

    /// <summary>α: share of the teacher's term; the labels' cross-entropy has 1 − α.</summary>
    /// <value>0…1; default 0.9.</value>
    public double Alpha { get; init; } = .9;

    internal override TeacherParts Needs => TeacherParts.Logits;

    internal override double? TeacherTemperature => Temperature;

    internal override double TaskWeight => 1 - Alpha;

    internal override void Validate(Faults faults)
    {
        faults.AddIf(!(Temperature > 0 && double.IsFinite(Temperature)), $"KnowledgeDistillation.Temperature is {Temperature}; it must be above 0.");
        faults.AddIf(!(Alpha >= 0 && Alpha <= 1), $"KnowledgeDistillation.Alpha is {Alpha}; it must be from 0 to 1.");
    }

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(Temperature, Alpha);

    /// <summary>T²·KL(teacher‖student), a scalar.</summary>
    internal static Tensor SoftenedDivergence(ModelOutput student, ModelOutput teacher, double temperature)
    {
        var (s, t) = (student.LogProbabilities(temperature), teacher.LogProbabilities(temperature).detach());
        return (t.exp() * (t - s)).sum() * (temperature * temperature / s.shape[0]);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} temperature {Temperature} alpha {Alpha}");

    private sealed class Loss(double temperature, double alpha) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("kd", SoftenedDivergence(input.Student, input.Teacher!, temperature), alpha)];
    }
}
