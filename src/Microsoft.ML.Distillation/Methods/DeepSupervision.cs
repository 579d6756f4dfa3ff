using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Deep supervision: a classifier of its own on every stage, each with the labels' cross-entropy and nothing else,
/// <c>Σ over stages of CE(W·mean over H·W of F + b, y)</c>. The control that <see cref="SelfAttentionDistillation"/> and <see cref="BeYourOwnTeacher"/> are compared with.
/// </summary>
/// <remarks>
/// <para>Lee, Xie, Gallagher, Zhang, Tu: "Deeply-supervised nets", 2015, https://arxiv.org/abs/1409.5185. Feature maps are N×C×H×W; a stage's classifier sees its map
/// averaged over positions. The student's own classifier is the deepest one, with the task's loss.</para>
/// <para>Departures: cross-entropy instead of the paper's squared hinge, and weights that stay (the paper lets them decay). The classifiers, C × classes numbers
/// each, train with the student; they are no part of it, but can be had as early exits
/// (<see cref="ImageClassificationDistillationTransformer.ExportExits"/>).</para>
/// </remarks>
public sealed class DeepSupervision : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "DeepSupervision";

    /// <summary>The stages that get a classifier: places in the student's feature maps, from 0, which is the stem's.</summary>
    /// <value>Default: null, which is all between the stem and the deepest.</value>
    public IReadOnlyList<int>? Stages { get; init => field = value?.ToArray(); }

    /// <summary>Weight of the classifiers' summed cross-entropy; the task's loss has 1.</summary>
    /// <value>Above 0; default 1.</value>
    public double Weight { get; init; } = 1;

    internal override BatchParts Uses => BatchParts.Labels;

    internal override void Validate(Faults faults)
    {
        ExitStages.Validate(Name, Stages, faults);
        faults.AddIf(!(Weight > 0 && double.IsFinite(Weight)), $"DeepSupervision.Weight is {Weight}; it must be above 0.");
    }

    internal override void Check(LossContext context, Faults faults) => ExitStages.Check(Name, Stages, context.Student, faults);

    internal override DistillationLoss CreateLoss(LossContext context)
    {
        var student = context.Student;
        var exits = ExitStages.Resolve(Stages, student)
            .Select(stage => new EarlyExit(stage, student.Features[stage].Name, new ExitHead(null, student.Features[stage].Channels, student.Classes!.Value)));
        return new Loss([.. exits], context, Weight);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} stages {ExitStages.Text(Stages)} weight {Weight}");

    private sealed class Loss(IReadOnlyList<EarlyExit> exits, LossContext context, double weight) : DistillationLoss
    {
        private readonly ExitHeads _heads = context.Initialize(new ExitHeads(exits));

        public override nn.Module Helper => _heads;

        public override IReadOnlyList<EarlyExit> Exits => exits;

        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var losses = exits.Select(exit => input.Labels.CrossEntropy(exit.Head.call(input.Student.Features[exit.Stage])));
            return [new("exit ce", losses.Aggregate((a, b) => a + b), weight)];
        }
    }
}
