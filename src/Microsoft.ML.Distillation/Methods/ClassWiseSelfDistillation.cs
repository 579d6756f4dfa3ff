using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// CS-KD: a student's own outputs for another image of the same class, as they are, teach it. For an image x and another one x′ of its class the term is
/// <c>T²·KL(softmax(z(x′)/T) ‖ softmax(z(x)/T))</c>, summed over classes, averaged over the batch; x′ gets no gradient.
/// </summary>
/// <remarks>
/// Yun, Park, Lee, Shin: "Regularizing class-wise predictions via self-knowledge distillation", CVPR 2020, https://arxiv.org/abs/2003.13964. Needs no teacher.
/// A step runs the student a second time, without gradients: about a third more time, and memory for one more forward. BatchNorm takes the second batch's own
/// statistics, and its running ones see both, as in the authors' code.
/// <para>Unlike the authors' code: their sampler draws the second image from the whole class, so that it may be the image itself; here it is another one wherever the class
/// has two. Both leave every image in its epoch once. Images that are mixed of two have no class to draw from: Mixup and CutMix are refused.</para>
/// </remarks>
public sealed class ClassWiseSelfDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "ClassWiseSelfDistillation";

    /// <summary>T: how far both outputs are softened.</summary>
    /// <value>Above 0; default 4.</value>
    public double Temperature { get; init; } = 4;

    /// <summary>Factor on the term; the labels' cross-entropy keeps 1.</summary>
    /// <value>0 or more; default 1.</value>
    public double Weight { get; init; } = 1;

    internal override BatchParts Uses => BatchParts.SameClassImage | BatchParts.OneLabel;

    internal override void Validate(Faults faults)
    {
        faults.Positive("ClassWiseSelfDistillation.Temperature", Temperature);
        faults.NotNegative("ClassWiseSelfDistillation.Weight", Weight);
    }

    internal override void Check(LossContext context, Faults faults) => faults.AddIf(
        context.Labels.Distinct().Count() == context.Labels.Count,
        "ClassWiseSelfDistillation compares images of one class, and no class of the training data has two: choose a method that works on single images, such as DataDistortion.");

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(Temperature, Weight);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} temperature {Temperature} weight {Weight}");

    private sealed class Loss(double temperature, double weight) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("cs-kd", KnowledgeDistillation.SoftenedDivergence(input.Student, Other(input), temperature), weight)];

        private static ModelOutput Other(LossInput input)
        {
            using var scope = NewDisposeScope();
            using var withoutGradients = no_grad();
            return input.Forward(input.Companion!).MoveToOuterDisposeScope();
        }
    }
}
