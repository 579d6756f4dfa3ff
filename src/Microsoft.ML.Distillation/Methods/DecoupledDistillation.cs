using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Decoupled knowledge distillation (DKD): Hinton's divergence taken apart, so that how sure the teacher is of the label no longer decides how much
/// is learned of the other classes. <c>T²·(α·TCKD + β·NCKD)</c>, averaged over the batch, beside the labels' cross-entropy.
/// </summary>
/// <remarks>
/// <para>Zhao, Cui, Song, Qiu, Liang: "Decoupled knowledge distillation", 2022, https://arxiv.org/abs/2203.08679. With p = softmax(z/T) and y the label,
/// TCKD = KL([p_y, 1 − p_y] of the teacher ‖ the same of the student) and NCKD = KL over the other classes, p_j / (1 − p_y), so that
/// KL(teacher ‖ student) = TCKD + (1 − p_y of the teacher)·NCKD. Logits are N×C; both terms are 0 or more. With two classes NCKD is always 0.</para>
/// <para>Departures from the authors' code: everything is computed in log space, where it subtracts 1000 from the label's logit, so that sure
/// predictions keep exact values and gradients; the warm-up rises from step to step, where it rises from epoch to epoch, beginning at
/// 1 / <see cref="WarmUpEpochs"/>. An image mixed of two is compared by both of its labels, by their shares. Needs a teacher whose classes are the
/// student's. No memory of its own.</para>
/// </remarks>
public sealed class DecoupledDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "DecoupledDistillation";

    /// <summary>α: weight of TCKD, how sure the teacher is of the label.</summary>
    /// <value>0 or more; default 1.</value>
    public double Alpha { get; init; } = 1;

    /// <summary>β: weight of NCKD, how the teacher ranks the other classes. The paper's go from 0.5 (ImageNet) by 2 and 6 to 8 (CIFAR-100): more where the teacher is surer of its labels.</summary>
    /// <value>0 or more, not 0 together with <see cref="Alpha"/>; default 8.</value>
    public double Beta { get; init; } = 8;

    /// <summary>T: how far both outputs are softened.</summary>
    /// <value>Above 0; default 4.</value>
    public double Temperature { get; init; } = 4;

    /// <summary>Epochs over which both weights rise from 0 to their full size: min(epoch / this, 1). A shorter run never reaches it.</summary>
    /// <value>0 (full weight from the first step) or more; default 20, of the authors' 240 epochs.</value>
    public double WarmUpEpochs { get; init; } = 20;

    internal override TeacherParts Needs => TeacherParts.Logits;

    internal override double? TeacherTemperature => Temperature;

    internal override BatchParts Uses => BatchParts.Labels;

    internal override void Validate(Faults faults)
    {
        faults.AddIf(!(Alpha >= 0 && double.IsFinite(Alpha)), $"DecoupledDistillation.Alpha is {Alpha}; it must be 0 or more.");
        faults.AddIf(!(Beta >= 0 && double.IsFinite(Beta)), $"DecoupledDistillation.Beta is {Beta}; it must be 0 or more.");
        faults.AddIf(Alpha == 0 && Beta == 0, "DecoupledDistillation.Alpha and Beta are both 0, so nothing would be learned from the teacher; set one above 0.");
        faults.AddIf(!(Temperature > 0 && double.IsFinite(Temperature)), $"DecoupledDistillation.Temperature is {Temperature}; it must be above 0.");
        faults.AddIf(!(WarmUpEpochs >= 0 && double.IsFinite(WarmUpEpochs)), $"DecoupledDistillation.WarmUpEpochs is {WarmUpEpochs}; it must be 0 or more.");
    }

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this);

    /// <summary>T²·TCKD, a scalar.</summary>
    internal static Tensor TargetDivergence(ModelOutput student, ModelOutput teacher, Tensor labels, double temperature)
    {
        var (s, t) = (Split(student, labels, temperature), Split(teacher, labels, temperature).Detach());
        return Mean(t.Target.exp() * (t.Target - s.Target) + t.Rest.exp() * (t.Rest - s.Rest), temperature);
    }

    /// <summary>T²·NCKD, a scalar.</summary>
    internal static Tensor NonTargetDivergence(ModelOutput student, ModelOutput teacher, Tensor labels, double temperature)
    {
        var (s, t) = (Split(student, labels, temperature), Split(teacher, labels, temperature).Detach());
        return Mean(t.Others.exp().masked_fill(t.IsTarget, 0) * (t.Others - s.Others), temperature);
    }

    /// <summary>The weights' factor at a point of training.</summary>
    internal static double WarmUp(double epoch, double epochs) => epochs == 0 ? 1 : Math.Min(epoch / epochs, 1);

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Name} alpha {Alpha} beta {Beta} temperature {Temperature} warm-up epochs {WarmUpEpochs}");

    private static Tensor Mean(Tensor divergence, double temperature) => divergence.sum() * (temperature * temperature / divergence.shape[0]);

    private static Parts Split(ModelOutput output, Tensor labels, double temperature)
    {
        var all = output.LogProbabilities(temperature);
        var column = labels.unsqueeze(1);
        var isTarget = arange(all.shape[1], device: all.device).eq(column);
        // log(1 − p_y) as a sum over the others: 1 − p_y itself is 0 in floating point long before they are.
        var rest = all.masked_fill(isTarget, double.NegativeInfinity).logsumexp(1, keepdim: true);
        return new Parts(all.gather(1, column), rest, (all - rest).masked_fill(isTarget, 0), isTarget);
    }

    /// <summary>Log-probabilities taken apart.</summary>
    /// <param name="Target">log p_y, N×1.</param>
    /// <param name="Rest">log(1 − p_y), N×1.</param>
    /// <param name="Others">log(p_j / (1 − p_y)), N×C; 0 at the label.</param>
    /// <param name="IsTarget">Where the label is, N×C.</param>
    private sealed record Parts(Tensor Target, Tensor Rest, Tensor Others, Tensor IsTarget)
    {
        public Parts Detach() => new(Target.detach(), Rest.detach(), Others.detach(), IsTarget);
    }

    private sealed class Loss(DecoupledDistillation options) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var warm = WarmUp(input.Epoch, options.WarmUpEpochs);
            return
            [
                new("tckd", input.Labels.Mean(y => TargetDivergence(input.Student, input.Teacher!, y, options.Temperature)), options.Alpha * warm) { FullWeight = options.Alpha },
                new("nckd", input.Labels.Mean(y => NonTargetDivergence(input.Student, input.Teacher!, y, options.Temperature)), options.Beta * warm) { FullWeight = options.Beta },
            ];
        }
    }
}
