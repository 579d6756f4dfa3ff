using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Gradient-based attention transfer: the student's loss shall depend on the same places of the image as the teacher's. With J the gradient of each
/// image's own cross-entropy by the input, N×C×H×W, and <c>Q = Σ_c |J_c|</c>, N×H×W, the term is <c>β·½·mean_{n,h,w} (Q_s − Q_t)²</c>.
/// </summary>
/// <remarks>
/// Zagoruyko, Komodakis: "Paying more attention to attention", 2017, section 3.2, equations 4 and 5, https://arxiv.org/abs/1612.03928. The paper compares
/// J itself; the sum over channels also lets feature maps of unlike width be compared (<see cref="Pair"/>), and the mean over images and places gives β the
/// scale it has in the authors' code for <see cref="AttentionTransfer"/>. Inputs of unlike sizes: both maps are brought to the smaller by average pooling.
/// The term is differentiated twice through the student, so a step takes about twice the student's time and keeps the graph of its backward pass in memory.
/// In training BatchNorm ties the images of a batch together; J is then the gradient of the sum of their losses. Needs a teacher that can be differentiated
/// (another student of this library, a TorchSharp module, or an ONNX file of known operators: <see cref="OnnxTeacherEngine"/>) and, by the input, images with one label each.
/// J of an ONNX file is by what the file takes: one that normalises pixels itself, as this library's do, gives smaller gradients than the network behind; set <see cref="Normalize"/>, or name a <see cref="Pair"/>.
/// </remarks>
public sealed class GradientAttentionTransfer : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "GradientAttentionTransfer";

    /// <summary>β: weight of the term.</summary>
    /// <value>0 or more; default 1000.</value>
    public double Beta { get; init; } = 1000;

    /// <summary>
    /// Whether each map is first scaled to length 1, so that only where the loss depends on the image counts, and not how strongly: a sure teacher's
    /// gradients are near 0.
    /// </summary>
    /// <value>Default false, the paper's form.</value>
    public bool Normalize { get; init; }

    /// <summary>Feature maps to take the gradients by, in place of the input.</summary>
    /// <value>Default null: by the input.</value>
    public StagePair? Pair { get; init; }

    internal override TeacherParts Needs => TeacherParts.Logits | TeacherParts.Gradients | (Pair is null ? TeacherParts.None : TeacherParts.Features);

    internal override BatchParts Uses => Pair is null ? BatchParts.InputGradients | BatchParts.OneLabel : BatchParts.Labels;

    internal override void Validate(Faults faults) => faults.NotNegative("GradientAttentionTransfer.Beta", Beta);

    internal override void Check(LossContext context, Faults faults) =>
        StagePair.Check("GradientAttentionTransfer.Pair", Pair is null ? null : [Pair], context, faults);

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this);

    /// <summary>Σ_c |∂(Σ_n CE_n)/∂by|, N×H×W.</summary>
    /// <param name="logits">N×classes, computed from <paramref name="by"/>.</param>
    /// <param name="by">N×C×H×W.</param>
    /// <param name="labels">The batch's.</param>
    /// <param name="differentiable">Whether the result can be differentiated again.</param>
    internal static Tensor Sensitivity(Tensor logits, Tensor by, BatchLabels labels, bool differentiable)
    {
        var loss = labels.CrossEntropy(logits) * logits.shape[0];
        // The graph is still needed: by the backward of this very step, or by another method.
        var gradient = autograd.grad([loss], [by], retain_graph: true, create_graph: differentiable)[0];
        return AttentionMaps.Map(gradient, AttentionMap.SumAbsolute, 1);
    }

    /// <summary>Half the mean squared difference of two maps, N×H×W each, a scalar.</summary>
    internal static Tensor Distance(Tensor student, Tensor teacher, bool normalize)
    {
        var (s, t) = MapSizes.ToSmaller(student.unsqueeze(1), teacher.detach().unsqueeze(1));
        return (Flat(s) - Flat(t)).square().mean() * .5;

        Tensor Flat(Tensor map) => normalize ? UnitLength.Of(map.flatten(1)) : map.flatten(1);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name} beta {Beta} normalize {Normalize} by {(Pair is null ? "input" : MethodOptions.Text([Pair]))}");

    private sealed class Loss(GradientAttentionTransfer method) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var (student, teacher) = (input.Student, input.Teacher!);
            var (byStudent, byTeacher) = method.Pair is { } pair
                ? (student.Features[pair.Student], teacher.Features[pair.Teacher])
                : (student.Input, teacher.Input);
            var s = Sensitivity(student.Logits!, byStudent!, input.Labels, differentiable: true);
            var t = Sensitivity(teacher.Logits!, byTeacher!, input.Labels, differentiable: false);
            return [new("gradient at", Distance(s, t, method.Normalize), method.Beta)];
        }
    }
}
