using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Self attention distillation (SAD): a stage learns where a deeper stage of the same student looks, without a teacher.
/// <c>Σ over paths of ‖Ψ(F_from) − Ψ(F_to)‖²</c>, averaged over the batch, with <c>Ψ(F) = softmax over H·W of upsample(G(F))</c>, <c>G(F) = Σ_c F_c²</c>.
/// </summary>
/// <remarks>
/// <para>Hou, Ma, Liu, Loy: "Learning lightweight lane detection CNNs by self attention distillation", 2019, https://arxiv.org/abs/1908.00821. Feature maps are
/// N×C×H×W; both sides of a path are brought, bilinearly and before the softmax, to the larger of the two sizes. A path's value is from 0 to 2.
/// The paper finds neighbouring stages and the deeper one as the target best.</para>
/// <para>Departures: the squared difference is summed over positions; a mean over them would divide the term by H·W, and make it vanish. The weight is the
/// paper's. The target has no gradient, which the paper leaves open; <see cref="DetachTarget"/> gives it one. The paper starts after 40,000 of 60,000
/// iterations; here it is <see cref="Start"/>, a share of the run. Networks with residual sums have large squares, so that Ψ looks at few places. Maps of size
/// H×W cost N·H·W numbers a side and path.</para>
/// </remarks>
public sealed class SelfAttentionDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "SelfAttentionDistillation";

    /// <summary>Which stages learn from which.</summary>
    /// <value>Default: null, which is each of the deepest stages from the next: the last two steps, and with three stages, the stem apart, the last step only.</value>
    public IReadOnlyList<StagePath>? Paths { get; init => field = value?.ToArray(); }

    /// <summary>How a feature map's channels join into one map: G. The paper compares the three and finds the sum of powers best.</summary>
    /// <value>Default: <see cref="AttentionMap.SumPower"/>.</value>
    public AttentionMap Map { get; init; } = AttentionMap.SumPower;

    /// <summary>p of the map: higher ones weigh the strongest places more. <see cref="AttentionMap.SumAbsolute"/> has none.</summary>
    /// <value>At least 1; default 2.</value>
    public double Power { get; init; } = 2;

    /// <summary>The term's weight.</summary>
    /// <value>Above 0; default 0.1.</value>
    public double Weight { get; init; } = .1;

    /// <summary>The share of training after which it begins: attention is worth imitating only once a student has learned some. The term is reported before, with weight 0.</summary>
    /// <value>0 (at once) up to, not including, 1; default 2/3.</value>
    public double Start { get; init; } = 2 / 3.0;

    /// <summary>Whether the stage that is learned from stays unmoved.</summary>
    /// <value>Default: true. With false it also moves towards the stage that learns.</value>
    public bool DetachTarget { get; init; } = true;

    internal override bool TeachesAtOnce => Start == 0;

    internal override void Validate(Faults faults)
    {
        faults.AddIf(Paths is { Count: 0 }, "SelfAttentionDistillation.Paths is empty, so nothing would be learned; name paths, or leave it null for the deepest stages.");
        faults.AddIf(Paths is not null && Paths.Any(p => p is null), "SelfAttentionDistillation.Paths holds a null; leave it out.");
        AttentionMaps.Validate(Name, Map, Power, faults);
        faults.AddIf(!(Weight > 0 && double.IsFinite(Weight)), $"SelfAttentionDistillation.Weight is {Weight}; it must be above 0.");
        faults.AddIf(!(Start >= 0 && Start < 1), $"SelfAttentionDistillation.Start is {Start}; it must be from 0 up to, not including, 1.");
    }

    internal override void Check(LossContext context, Faults faults)
    {
        StagePath.Check("SelfAttentionDistillation.Paths", Paths, context.Student, faults);
        faults.AddIf(
            StagePath.Resolve(Paths, context.Student).Count == 0,
            $"SelfAttentionDistillation needs two stages beside the stem; the student has {StagePair.List(context.Student.Features)}. Choose a deeper student.");
    }

    internal override DistillationLoss CreateLoss(LossContext context) =>
        new Loss(StagePath.Resolve(Paths, context.Student), this, Start * context.Epochs);

    /// <summary>Σ over positions of the squared difference of both attentions, averaged over the batch: a scalar.</summary>
    /// <param name="learner">The feature map that learns, N×C×H×W.</param>
    /// <param name="target">The one it learns from, N×C'×H'×W'.</param>
    internal static Tensor Difference(Tensor learner, Tensor target, bool detach, AttentionMap map = AttentionMap.SumPower, double power = 2)
    {
        var (height, width) = (Math.Max(learner.shape[2], target.shape[2]), Math.Max(learner.shape[3], target.shape[3]));
        var wanted = Attention(AttentionMaps.Map(detach ? target.detach() : target, map, power), height, width);
        return (Attention(AttentionMaps.Map(learner, map, power), height, width) - wanted).square().sum() / learner.shape[0];
    }

    /// <summary>Ψ of a map: N×H×W → N×(height·width), each row a distribution over positions.</summary>
    internal static Tensor Attention(Tensor map, long height, long width)
    {
        if (map.shape[1] != height || map.shape[2] != width)
            map = nn.functional.interpolate(map.unsqueeze(1), [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        return nn.functional.softmax(map.flatten(1), 1);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var paths = Paths is null ? "automatic" : string.Join(", ", Paths.Select(p => FormattableString.Invariant($"{p.From}→{p.To}")));
        return FormattableString.Invariant($"{Name} paths {paths} map {Map} power {Power} weight {Weight} start {Start:0.###} target {(DetachTarget ? "detached" : "moves")}");
    }

    private sealed class Loss(IReadOnlyList<StagePath> paths, SelfAttentionDistillation options, double startEpoch) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var started = input.Epoch >= startEpoch;
            using var gradients = set_grad_enabled(started);
            var features = input.Student.Features;
            var sum = paths.Select(p => Difference(features[p.From], features[p.To], options.DetachTarget, options.Map, options.Power)).Aggregate((a, b) => a + b);
            return [new("sad", sum, started ? options.Weight : 0) { FullWeight = options.Weight }];
        }
    }
}
