using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// DDGSD, data-distortion guided self-distillation: two views of every image, each augmented by itself, teach one another. To the first view's cross-entropy it adds
/// that of the second, <c>CE(z₂, y)</c>; the divergences both ways, <c>T²·KL(softmax(z₂/T) ‖ softmax(z₁/T)) + T²·KL(softmax(z₁/T) ‖ softmax(z₂/T))</c>, each with its
/// left side as it is, without gradients; and the squared maximum mean discrepancy of the embeddings, <c>‖mean(e₁) − mean(e₂)‖²</c>, with means over the batch.
/// </summary>
/// <remarks>
/// Xu, Liu: "Data-distortion guided self-distillation for deep neural networks", AAAI 2019, https://doi.org/10.1609/aaai.v33i01.33015565. Needs no teacher, but
/// augmentation that changes something: of two equal views only the second cross-entropy has anything to say. A step runs the student twice with gradients: twice the
/// time and twice the activations. Each view has BatchNorm statistics of its own. Mixup and CutMix are refused: the second view has one label.
/// </remarks>
public sealed class DataDistortion : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "DataDistortion";

    /// <summary>T: how far both outputs are softened.</summary>
    /// <value>Above 0; default 3.</value>
    public double Temperature { get; init; } = 3;

    /// <summary>Factor on the second view's cross-entropy; the first view's is the task's own.</summary>
    /// <value>0 or more; default 1.</value>
    public double LabelWeight { get; init; } = 1;

    /// <summary>Factor on the sum of the two divergences.</summary>
    /// <value>0 or more; default 1.</value>
    public double DivergenceWeight { get; init; } = 1;

    /// <summary>Factor on the squared difference of the mean embeddings.</summary>
    /// <value>0 or more; default 0.005.</value>
    public double DiscrepancyWeight { get; init; } = .005;

    internal override BatchParts Uses => BatchParts.SecondView | BatchParts.OneLabel;

    internal override void Validate(Faults faults)
    {
        faults.Positive("DataDistortion.Temperature", Temperature);
        faults.NotNegative("DataDistortion.LabelWeight", LabelWeight);
        faults.NotNegative("DataDistortion.DivergenceWeight", DivergenceWeight);
        faults.NotNegative("DataDistortion.DiscrepancyWeight", DiscrepancyWeight);
    }

    internal override void Check(LossContext context, Faults faults) => faults.AddIf(
        context.Student.Embedding is null,
        "DataDistortion compares the vectors before the student's classifier, and this student has none: choose a method that learns from logits, such as ClassWiseSelfDistillation.");

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this);

    /// <summary>T²·KL both ways, a scalar.</summary>
    internal static Tensor MutualDivergence(ModelOutput first, ModelOutput second, double temperature) =>
        KnowledgeDistillation.SoftenedDivergence(first, second, temperature) + KnowledgeDistillation.SoftenedDivergence(second, first, temperature);

    /// <summary>‖mean(first) − mean(second)‖² of N×D embeddings, a scalar: the squared maximum mean discrepancy with a linear kernel.</summary>
    internal static Tensor Discrepancy(Tensor first, Tensor second) => (first.mean([0]) - second.mean([0])).square().sum();

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name} temperature {Temperature} label weight {LabelWeight} divergence weight {DivergenceWeight} discrepancy weight {DiscrepancyWeight}");

    private sealed class Loss(DataDistortion options) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var (first, second) = (input.Student, input.Forward(input.Companion!));
            return
            [
                new("second", input.Labels.CrossEntropy(second.Logits!), options.LabelWeight),
                new("kd", MutualDivergence(first, second, options.Temperature), options.DivergenceWeight),
                new("mmd", Discrepancy(first.Embedding!, second.Embedding!), options.DiscrepancyWeight),
            ];
        }
    }
}
