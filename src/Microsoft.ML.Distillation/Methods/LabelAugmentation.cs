using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// SLA + SD, self-supervised label augmentation with self-distillation: a second head on the student's embedding tells class and rotation apart, N×4 joint labels, for every
/// image turned by 0°, 90°, 180° and 270°; what the four say together, the mean over rotations j of the joint logits of (class, j), teaches the student's own head. The task's
/// cross-entropy is joined by <c>¼·Σ_j CE(joint(turned_j), 4·y + j)</c> and <c>T²·KL(softmax(aggregate/T) ‖ softmax(z/T))</c>, whose left side is detached.
/// </summary>
/// <remarks>
/// Lee, Hwang, Shin: "Self-supervised label augmentation via input transformations", ICML 2020, https://arxiv.org/abs/1910.05872. Needs no teacher. Where rotations carry no
/// meaning of their own, as with textures, there is little to learn from them. The student runs on three more batches: four times the time and the activations. The joint head,
/// 4·classes × (embedding + 1) values, is trained with the student and is no part of the exported model.
/// <para>Weights and temperature are the authors'. Unlike their code, which runs all four rotations in one batch, the unturned images are not run again: their embedding is the
/// batch's own, so that BatchNorm sees them and the turned ones in two batches. Where FRSKD's authors add the method to theirs, their temperature is 4. Beside
/// <see cref="FeatureRefinement"/> it teaches the student, not the pyramid.</para>
/// </remarks>
public sealed class LabelAugmentation : DistillationMethod
{
    private const int Rotations = 4;

    /// <inheritdoc/>
    public override string Name => "LabelAugmentation";

    /// <summary>T: how far the aggregate and the student's output are softened.</summary>
    /// <value>Above 0; default 1.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>Weight of the joint labels' cross-entropy.</summary>
    /// <value>0 or more; default 1.</value>
    public double JointWeight { get; init; } = 1;

    /// <summary>Weight of the divergence from the aggregate.</summary>
    /// <value>0 or more; default 1.</value>
    public double DistillationWeight { get; init; } = 1;

    internal override BatchParts Uses => BatchParts.Labels;

    internal override void Validate(Faults faults)
    {
        faults.Positive("LabelAugmentation.Temperature", Temperature);
        faults.NotNegative("LabelAugmentation.JointWeight", JointWeight);
        faults.NotNegative("LabelAugmentation.DistillationWeight", DistillationWeight);
    }

    internal override void Check(LossContext context, Faults faults)
    {
        faults.AddIf(
            context.Student.Embedding is null,
            "LabelAugmentation puts a head on the vector before the student's classifier, and this student has none: choose another method.");
        var oblong = context.Student.Features.FirstOrDefault(map => map.Height != map.Width);
        faults.AddIf(oblong is not null, $"LabelAugmentation turns images by 90°, and the student's are not square (its map {oblong}): choose a square ImageSize.");
    }

    internal override DistillationLoss CreateLoss(LossContext context) =>
        new Loss(this, context.Initialize(new Dense(context.Student.Embedding!.Value, Rotations * context.Student.Classes!.Value)));

    /// <summary>N×C×H×H turned by 90°, 180° and 270°, counter-clockwise: 3N×C×H×H.</summary>
    internal static Tensor Turned(Tensor images)
    {
        var quarter = images.transpose(2, 3);
        return cat([quarter.flip(2), images.flip(2, 3), quarter.flip(3)]);
    }

    /// <summary>The mean over rotations of every image's cross-entropy with its joint label; logits of all rotations one after another, 4N×4C.</summary>
    internal static Tensor JointLoss(Tensor joint, BatchLabels labels) => joint.chunk(Rotations)
        .Select((logits, rotation) => labels.Mean(of => nn.functional.cross_entropy(logits, of * Rotations + rotation)))
        .Aggregate((sum, term) => sum + term) / Rotations;

    /// <summary>4N×4C joint logits → N×C: for every class the mean over rotations of its logit with that rotation.</summary>
    internal static Tensor Aggregate(Tensor joint) => joint.chunk(Rotations)
        .Select((logits, rotation) => logits.reshape(logits.shape[0], -1, Rotations).select(2, rotation))
        .Aggregate((sum, logits) => sum + logits) / Rotations;

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Name} temperature {Temperature} joint weight {JointWeight} distillation weight {DistillationWeight}");

    private sealed class Loss(LabelAugmentation options, Dense head) : DistillationLoss
    {
        public override nn.Module Helper => head;

        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var turned = PixelTensor.ForNetwork(Turned(input.Pixels!.detach()));
            var joint = head.call(cat([input.Student.Embedding!, input.Forward(turned).Embedding!]));
            return
            [
                new("sla", JointLoss(joint, input.Labels), options.JointWeight),
                new("kd", KnowledgeDistillation.SoftenedDivergence(input.Student, new ModelOutput(Aggregate(joint), [], null), options.Temperature), options.DistillationWeight),
            ];
        }
    }
}
