using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Be your own teacher (BYOT): classifiers branch off the student's stages and learn from its deepest one, without a teacher. The sum over these exits of
/// <c>(1 − α)·CE(z_i, y) + α·KL(softmax(z/T) ‖ softmax(z_i/T)) + λ·‖F_i − F‖²</c>, beside the deepest classifier's own cross-entropy.
/// </summary>
/// <remarks>
/// <para>Zhang, Song, Gao, Chen, Bao, Ma: "Be your own teacher: improve the performance of convolutional neural networks via self distillation", 2019,
/// https://arxiv.org/abs/1905.08094. z are the deepest logits, N×classes, F the deepest feature map, N×C×H×W; both teach and have no gradient here. Each exit has a
/// bottleneck, which makes F_i of its stage's map, the mean over positions, and a linear layer.</para>
/// <para>The bottleneck is our own design after the paper: a 1×1 convolution to a quarter of F's channels, a 3×3 convolution of stride 2 for each halving
/// between the stage's size and F's (one of stride 1 where there is none), and a 1×1 convolution to all of them, each with BatchNorm and ReLU.</para>
/// <para>Departures: the hint's squares are summed over channels and averaged over positions and batch, so that λ means the same at every image and batch size
/// (the authors' conference code took the squared difference, their journal code the unsquared norm over the whole batch, after a linear layer).
/// As in the authors' code the softened term has no factor T²; mmrazor's has one. The authors train with AutoAugment. The exits
/// train with the student: some 9/16·C² numbers for each halving, 0.1 million for the first of ResNet8x4, 8 million for that of a network as wide as ResNet-50. They
/// are no part of the student, but can be had as models of their own (<see cref="ImageClassificationDistillationTransformer.ExportExits"/>).</para>
/// </remarks>
public sealed class BeYourOwnTeacher : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "BeYourOwnTeacher";

    /// <summary>α: share of the deepest classifier in what an exit learns; the labels have 1 − α.</summary>
    /// <value>0…1; default 0.3.</value>
    public double Alpha { get; init; } = .3;

    /// <summary>T: how far both outputs are softened.</summary>
    /// <value>Above 0; default 3.</value>
    public double Temperature { get; init; } = 3;

    /// <summary>λ: weight of the hint, the difference of an exit's feature map from the deepest one.</summary>
    /// <value>0 or more; default 0.03.</value>
    public double HintWeight { get; init; } = .03;

    /// <summary>The stages that get an exit: places in the student's feature maps, from 0, which is the stem's.</summary>
    /// <value>Default: null, which is all between the stem and the deepest.</value>
    public IReadOnlyList<int>? Stages { get; init => field = value?.ToArray(); }

    internal override BatchParts Uses => BatchParts.Labels;

    internal override void Validate(Faults faults)
    {
        faults.AddIf(!(Alpha >= 0 && Alpha <= 1), $"BeYourOwnTeacher.Alpha is {Alpha}; it must be from 0 to 1.");
        faults.AddIf(!(Temperature > 0 && double.IsFinite(Temperature)), $"BeYourOwnTeacher.Temperature is {Temperature}; it must be above 0.");
        faults.AddIf(!(HintWeight >= 0 && double.IsFinite(HintWeight)), $"BeYourOwnTeacher.HintWeight is {HintWeight}; it must be 0 or more.");
        ExitStages.Validate(Name, Stages, faults);
    }

    internal override void Check(LossContext context, Faults faults)
    {
        ExitStages.Check(Name, Stages, context.Student, faults);
        var maps = context.Student.Features;
        foreach (var stage in ExitStages.Resolve(Stages, context.Student).Where(s => s >= 0 && s < maps.Count && maps[s].HalvingsTo(maps[^1]) is null))
            faults.Add($"BeYourOwnTeacher.Stages: {stage} ({maps[stage]}) can't be brought to the deepest map ({maps[^1]}) by halving its size; leave that stage out.");
    }

    internal override DistillationLoss CreateLoss(LossContext context)
    {
        var (maps, classes) = (context.Student.Features, context.Student.Classes!.Value);
        var exits = ExitStages.Resolve(Stages, context.Student)
            .Select(stage => new EarlyExit(stage, maps[stage].Name, new ExitHead(new ExitBottleneck(maps[stage], maps[^1]), maps[^1].Channels, classes)));
        return new Loss([.. exits], context, this);
    }

    /// <summary>KL(deepest ‖ exit) of softened outputs, without the factor T²: a scalar.</summary>
    internal static Tensor Divergence(Tensor exit, Tensor deepest, double temperature) =>
        KnowledgeDistillation.SoftenedDivergence(new ModelOutput(exit, [], null), new ModelOutput(deepest, [], null), temperature) / (temperature * temperature);

    /// <summary>Squared difference of two N×C×H×W maps, summed over channels and averaged over positions and batch: a scalar.</summary>
    internal static Tensor Hint(Tensor exit, Tensor deepest) => (exit - deepest.detach()).square().mean() * exit.shape[1];

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Name} alpha {Alpha} temperature {Temperature} hint weight {HintWeight} stages {ExitStages.Text(Stages)}");

    private sealed class Loss(IReadOnlyList<EarlyExit> exits, LossContext context, BeYourOwnTeacher options) : DistillationLoss
    {
        private readonly ExitHeads _heads = context.Initialize(new ExitHeads(exits));

        public override nn.Module Helper => _heads;

        public override IReadOnlyList<EarlyExit> Exits => exits;

        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var (features, deepest) = (input.Student.Features, input.Student.Logits!);
            var outputs = exits.Select(exit => exit.Head.Run(features[exit.Stage])).ToList();
            return
            [
                new("exit ce", Sum(outputs.Select(o => input.Labels.CrossEntropy(o.Logits))), 1 - options.Alpha),
                new("exit kl", Sum(outputs.Select(o => Divergence(o.Logits, deepest, options.Temperature))), options.Alpha),
                new("exit hint", Sum(outputs.Select(o => Hint(o.Map, features[^1]))), options.HintWeight),
            ];
        }

        private static Tensor Sum(IEnumerable<Tensor> values) => values.Aggregate((a, b) => a + b);
    }
}
