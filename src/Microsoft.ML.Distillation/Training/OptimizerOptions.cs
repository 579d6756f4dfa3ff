using Microsoft.ML.Distillation.Common;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>How weights are moved along their gradients: <see cref="SgdOptions"/> or <see cref="AdamWOptions"/>.</summary>
public abstract class OptimizerOptions
{
    private protected OptimizerOptions(double learningRate, double weightDecay) => (LearningRate, WeightDecay) = (learningRate, weightDecay);

    /// <summary>The highest learning rate; the schedule multiplies it by 0…1.</summary>
    /// <value>Above 0.</value>
    public double LearningRate { get; init; }

    /// <summary>Pull of every weight towards 0, in units of the weight per unit of learning rate.</summary>
    /// <value>0 or more.</value>
    public double WeightDecay { get; init; }

    /// <summary>Whether weight decay pulls at vectors too: biases, and BatchNorm's scales and offsets. Detectors are usually trained without.</summary>
    /// <value>Default: true.</value>
    public bool DecayVectors { get; init; } = true;

    internal abstract OptimizerHelper Create(IEnumerable<Parameter> parameters);

    /// <summary>The parameters by the weight decay that is theirs.</summary>
    private protected IEnumerable<(IReadOnlyList<Parameter> Parameters, double Decay)> Groups(IEnumerable<Parameter> parameters) =>
        parameters.GroupBy(p => DecayVectors || p.dim() > 1).OrderByDescending(group => group.Key).Select(group => ((IReadOnlyList<Parameter>)[.. group], group.Key ? WeightDecay : 0));

    private protected string Decay => FormattableString.Invariant($"weight decay {WeightDecay}{(DecayVectors ? "" : " but of vectors")}");

    internal virtual void Validate(Faults faults)
    {
        faults.AddIf(!(LearningRate > 0 && double.IsFinite(LearningRate)), $"Optimizer.LearningRate is {LearningRate}; it must be above 0.");
        faults.AddIf(!(WeightDecay >= 0 && double.IsFinite(WeightDecay)), $"Optimizer.WeightDecay is {WeightDecay}; it must be 0 or more.");
    }
}

/// <summary>Stochastic gradient descent with momentum: v ← μv + (g + λw), w ← w − η·(g + λw + μv) with Nesterov's look-ahead, w ← w − ηv without.</summary>
public sealed class SgdOptions : OptimizerOptions
{
    /// <summary>Defaults: learning rate 0.1, momentum 0.9, Nesterov, weight decay 5e-4.</summary>
    public SgdOptions() : base(.1, 5e-4)
    {
    }

    /// <summary>Share of the last step's direction that is kept.</summary>
    /// <value>0 up to but not including 1; default 0.9.</value>
    public double Momentum { get; init; } = .9;

    /// <summary>Use Nesterov's look-ahead; needs a momentum above 0.</summary>
    /// <value>Default: true.</value>
    public bool Nesterov { get; init; } = true;

    internal override OptimizerHelper Create(IEnumerable<Parameter> parameters) =>
        optim.SGD(Groups(parameters).Select(g => new SGD.ParamGroup(g.Parameters, LearningRate, Momentum, 0, g.Decay, Nesterov)), LearningRate, Momentum, nesterov: Nesterov);

    internal override void Validate(Faults faults)
    {
        base.Validate(faults);
        faults.AddIf(!(Momentum >= 0 && Momentum < 1), $"Optimizer.Momentum is {Momentum}; it must be 0 or more and below 1.");
        faults.AddIf(Nesterov && Momentum == 0, "Optimizer.Nesterov needs a Momentum above 0: set Nesterov to false, or Momentum to 0.9.");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"SGD lr {LearningRate} momentum {Momentum}{(Nesterov ? " Nesterov" : "")} {Decay}");
}

/// <summary>Adam with decoupled weight decay. Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, https://arxiv.org/abs/1711.05101.</summary>
public sealed class AdamWOptions : OptimizerOptions
{
    /// <summary>Defaults: learning rate 0.001, weight decay 0.01, β₁ 0.9, β₂ 0.999.</summary>
    public AdamWOptions() : base(1e-3, 1e-2)
    {
    }

    /// <summary>Memory of the mean gradient.</summary>
    /// <value>0 up to but not including 1; default 0.9.</value>
    public double Beta1 { get; init; } = .9;

    /// <summary>Memory of the mean squared gradient.</summary>
    /// <value>0 up to but not including 1; default 0.999.</value>
    public double Beta2 { get; init; } = .999;

    internal override OptimizerHelper Create(IEnumerable<Parameter> parameters) =>
        optim.AdamW(Groups(parameters).Select(g => new AdamW.ParamGroup(g.Parameters, LearningRate, Beta1, Beta2, weight_decay: g.Decay)), LearningRate, Beta1, Beta2);

    internal override void Validate(Faults faults)
    {
        base.Validate(faults);
        faults.AddIf(!(Beta1 >= 0 && Beta1 < 1), $"Optimizer.Beta1 is {Beta1}; it must be 0 or more and below 1.");
        faults.AddIf(!(Beta2 >= 0 && Beta2 < 1), $"Optimizer.Beta2 is {Beta2}; it must be 0 or more and below 1.");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"AdamW lr {LearningRate} betas {Beta1} {Beta2} {Decay}");
}
