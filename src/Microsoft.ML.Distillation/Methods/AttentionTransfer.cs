using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Attention transfer: the student looks where the teacher looks. Feature maps F become attention maps Q (Σ_c F_c² by default, N×C×H×W → N×H×W), each
/// scaled to length 1 over its H·W places, and of every pair of stages <c>β·mean_{n,h,w} (Q_s − Q_t)²</c> is added.
/// </summary>
/// <remarks>
/// Zagoruyko, Komodakis: "Paying more attention to attention: improving the performance of convolutional neural networks via attention transfer", 2017,
/// https://arxiv.org/abs/1612.03928. That is the form of the authors' code. The paper's (equation 2), <c>½·Σ_n ‖Q_s − Q_t‖₂</c>, is
/// <see cref="AttentionForm.Paper"/>: it too is divided by N·H·W here, since the paper chooses β as 1000 over that number. Where sizes differ, both feature
/// maps are brought to the smaller by average pooling before their channels join, as in RepDistiller. Channels may differ. Scaling a feature map changes
/// nothing. No memory of its own.
/// </remarks>
public sealed class AttentionTransfer : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "AttentionTransfer";

    /// <summary>The code's form or the paper's.</summary>
    /// <value>Default <see cref="AttentionForm.Code"/>.</value>
    public AttentionForm Form { get; init; }

    /// <summary>How channels join into an attention map.</summary>
    /// <value>Default <see cref="AttentionMap.SumPower"/>.</value>
    public AttentionMap Map { get; init; } = AttentionMap.SumPower;

    /// <summary>p: how much the strongest places weigh. <see cref="AttentionMap.SumAbsolute"/> has none.</summary>
    /// <value>1 or more; default 2.</value>
    public double Power { get; init; } = 2;

    /// <summary>β: weight of the term.</summary>
    /// <value>0 or more; default 1000.</value>
    public double Beta { get; init; } = 1000;

    /// <summary>Which feature maps of student and teacher are compared.</summary>
    /// <value>Default null: the deepest with the deepest and so on backwards, the student's stem left out.</value>
    public IReadOnlyList<StagePair>? Pairs { get; init => field = value?.ToArray(); }

    internal override TeacherParts Needs => TeacherParts.Features;

    internal override void Validate(Faults faults)
    {
        faults.AddIf(!Enum.IsDefined(Form), $"AttentionTransfer.Form is {Form}; it must be Code or Paper.");
        AttentionMaps.Validate(Name, Map, Power, faults);
        faults.NotNegative("AttentionTransfer.Beta", Beta);
        faults.NotEmpty("AttentionTransfer.Pairs", Pairs);
    }

    internal override void Check(LossContext context, Faults faults) => StagePair.Check("AttentionTransfer.Pairs", Pairs, context, faults);

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this, StagePair.Resolve(Pairs, context.Student, context.Teacher!));

    /// <summary>The term of one pair of feature maps, a scalar.</summary>
    internal static Tensor Distance(Tensor student, Tensor teacher, AttentionForm form, AttentionMap map, double power)
    {
        var (s, t) = MapSizes.ToSmaller(student, teacher.detach());
        var difference = Attention(s, map, power) - Attention(t, map, power);
        return form == AttentionForm.Code ? difference.square().mean() : UnitLength.Length(difference).sum() * (.5 / difference.numel());
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Name} form {Form} map {Map} power {Power} beta {Beta} pairs {MethodOptions.Text(Pairs)}");

    private static Tensor Attention(Tensor features, AttentionMap map, double power) => UnitLength.Of(AttentionMaps.Map(features, map, power).flatten(1));

    private sealed class Loss(AttentionTransfer method, IReadOnlyList<StagePair> pairs) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var terms = pairs.Select(pair => Distance(
                input.Student.Features[pair.Student], input.Teacher!.Features[pair.Teacher], method.Form, method.Map, method.Power));
            return [new("at", terms.Aggregate((sum, term) => sum + term), method.Beta)];
        }
    }
}
