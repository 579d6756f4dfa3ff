using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Documents.Snippets;

// <snippet>
/// <summary>Logit matching: the student computes the teacher's logits z, <c>w·‖z_s − z_t‖² / (2·N)</c> for N images.</summary>
/// <remarks>
/// Ba, Caruana: "Do deep nets really need to be deep?", NIPS 2014, equation 1, https://arxiv.org/abs/1312.6184. Needs a teacher whose classes are the student's.
/// Unlike the paper, logits are compared up to a constant for each image, as log-probabilities, since the mean of several teachers has no logits.
/// </remarks>
public sealed class LogitMatching : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "LogitMatching";

    /// <summary>w: weight of the term.</summary>
    /// <value>0 or more; default 1.</value>
    public double Weight { get; init; } = 1;

    internal override TeacherParts Needs => TeacherParts.Logits;

    internal override void Validate(Faults faults) => faults.NotNegative("LogitMatching.Weight", Weight);

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(Weight);

    /// <summary>‖z_s − z_t‖² / (2·N), a scalar.</summary>
    internal static Tensor Distance(Tensor student, Tensor teacher) => (student - teacher.detach()).square().sum() / (2 * student.shape[0]);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight}");

    private sealed class Loss(double weight) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("logits", Distance(input.Student.LogProbabilities(1), input.Teacher!.LogProbabilities(1)), weight)];
    }
}
// </snippet>
