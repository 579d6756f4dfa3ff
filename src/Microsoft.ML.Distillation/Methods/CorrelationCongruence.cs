using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Correlation congruence: images shall be as correlated for the student as for the teacher. The default is the paper's:
/// <c>w·‖K_s − K_t‖²_F / N²</c>, with <c>K_ij = e^(−2γ)·Σ_{p=0…P} (2γ)^p/p!·(e_i·e_j)^p</c>, the Gaussian kernel of embeddings e of length 1 by its
/// Taylor series.
/// </summary>
/// <remarks>
/// Peng et al.: "Correlation congruence for knowledge distillation", 2019, equations 6–10, https://arxiv.org/abs/1904.01802. <see cref="CorrelationForm.Code"/>
/// is what RepDistiller computes under this name, and most tables report: both embeddings pass a trained linear layer to <see cref="Width"/>, are scaled to
/// length 1, and with Δ_b their difference at image b the term is <c>w·mean_b Σ_d |Δ_b|·|Δ_{b+1}|</c>. Its two layers could agree by ignoring their input;
/// the task's loss does not hold the teacher's. Embeddings may differ in length. Memory: N² values a side.
/// </remarks>
public sealed class CorrelationCongruence : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "CorrelationCongruence";

    /// <summary>The paper's meaning or RepDistiller's.</summary>
    /// <value>Default <see cref="CorrelationForm.Paper"/>.</value>
    public CorrelationForm Form { get; init; }

    /// <summary>w: weight of the term.</summary>
    /// <value>0 or more; default null, which is 100 for the paper's form and 0.02, RepDistiller's, for its own.</value>
    public double? Weight { get; init; }

    /// <summary>γ: how fast the kernel falls with the distance of two embeddings. The paper's form only.</summary>
    /// <value>Above 0; default 0.4.</value>
    public double Gamma { get; init; } = .4;

    /// <summary>P: order of the Taylor series. The paper's form only.</summary>
    /// <value>1 or more; default 2.</value>
    public int Order { get; init; } = 2;

    /// <summary>Length that both embeddings are brought to. RepDistiller's form only.</summary>
    /// <value>1 or more; default 128.</value>
    public int Width { get; init; } = 128;

    private double TermWeight => Weight ?? (Form == CorrelationForm.Paper ? 100 : .02);

    internal override TeacherParts Needs => TeacherParts.Embedding;

    internal override void Validate(Faults faults)
    {
        faults.AddIf(!Enum.IsDefined(Form), $"CorrelationCongruence.Form is {Form}; it must be Paper or Code.");
        faults.NotNegative("CorrelationCongruence.Weight", TermWeight);
        faults.Positive("CorrelationCongruence.Gamma", Gamma);
        faults.AtLeast("CorrelationCongruence.Order", Order, 1);
        faults.AtLeast("CorrelationCongruence.Width", Width, 1);
    }

    internal override void Check(LossContext context, Faults faults) => faults.AddIf(
        context.BatchSize < 2, $"CorrelationCongruence compares the images of a batch, and a batch has {context.BatchSize}; make BatchSize 2 or more.");

    internal override DistillationLoss CreateLoss(LossContext context) =>
        Form == CorrelationForm.Paper ? new PaperLoss(this) : new CodeLoss(this, context);

    /// <summary>‖K_s − K_t‖² / N² of embeddings N×D, a scalar.</summary>
    internal static Tensor PaperDistance(Tensor student, Tensor teacher, double gamma, int order) =>
        (Kernel(student, gamma, order) - Kernel(teacher.detach(), gamma, order)).square().mean();

    /// <summary>mean_b Σ_d |Δ_b|·|Δ_{b+1}| of embeddings N×D of one length D, a scalar.</summary>
    internal static Tensor CodeDistance(Tensor student, Tensor teacher)
    {
        var apart = (UnitLength.Of(student) - UnitLength.Of(teacher)).abs();
        var last = apart.shape[0] - 1;
        return (apart.narrow(0, 0, last) * apart.narrow(0, 1, last)).sum(1).mean();
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} form {Form} weight {TermWeight} gamma {Gamma} order {Order} width {Width}");

    // Horner's scheme: 1 + x/1·(1 + x/2·(1 + …)).
    private static Tensor Kernel(Tensor embeddings, double gamma, int order)
    {
        var unit = UnitLength.Of(embeddings);
        var products = unit.matmul(unit.t()) * (2 * gamma);
        var series = products.ones_like();
        for (var p = order; p > 0; p--)
            series = products * series / p + 1;
        return series * Math.Exp(-2 * gamma);
    }

    private sealed class PaperLoss(CorrelationCongruence method) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("cc", PaperDistance(input.Student.Embedding!, input.Teacher!.Embedding!, method.Gamma, method.Order), method.TermWeight)];
    }

    private sealed class CodeLoss(CorrelationCongruence method, LossContext context) : DistillationLoss
    {
        private readonly EmbeddingPair _pair = context.Initialize(new EmbeddingPair(context, method.Width));

        public override nn.Module Helper => _pair;

        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("cc", CodeDistance(_pair.Student.call(input.Student.Embedding!), _pair.Teacher.call(input.Teacher!.Embedding!.detach())), method.TermWeight)];
    }
}
