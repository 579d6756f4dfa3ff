using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>What a method computes at every step.</summary>
internal abstract class DistillationLoss
{
    /// <summary>Projectors, adapters or heads that train with the student and are never exported; null for none. The training loop moves it to the device and disposes it.</summary>
    public virtual nn.Module? Helper => null;

    /// <summary>Classifiers of the helper that can be had as models of their own, shallowest first.</summary>
    public virtual IReadOnlyList<EarlyExit> Exits => [];

    public abstract IReadOnlyList<LossTerm> Compute(LossInput input);
}

/// <summary>A named scalar that joins the total as <paramref name="Weight"/> × <paramref name="Value"/>.</summary>
internal readonly record struct LossTerm(string Name, Tensor Value, double Weight)
{
    /// <summary>The weight the term has once it has fully begun, for terms that begin late or rise.</summary>
    public double FullWeight { get; init; } = Weight;
}

/// <summary>What a loss may know of a run before it begins.</summary>
/// <param name="Student">The student's output, at its input size.</param>
/// <param name="Teacher">The teacher's, with logits over the student's classes; null without a teacher.</param>
/// <param name="Labels">Class of each training row, from 0; empty where there are no labels.</param>
/// <param name="Seed">Where helpers' initial weights and samples come from.</param>
internal sealed record LossContext(
    OutputShape Student, OutputShape? Teacher, IReadOnlyList<int> Labels, int BatchSize, int StepsPerEpoch, int Epochs, long Seed, Device Device)
{
    /// <summary>Whether the images have labels; without, a teacher's word is all there is.</summary>
    public bool HasLabels => Labels.Count > 0;

    /// <summary>Gives a helper its initial weights: a function of the seed and of each parameter's place.</summary>
    public T Initialize<T>(T helper) where T : nn.Module
    {
        WeightInitializer.Initialize(helper, Seed, RandomPurpose.HelperWeights);
        return helper;
    }
}

/// <summary>What a loss sees of a step.</summary>
/// <param name="Student">Of this batch, with gradients.</param>
/// <param name="Teacher">Of the same augmented pixels; null without a teacher.</param>
internal sealed record LossInput(ModelOutput Student, ModelOutput? Teacher, BatchLabels Labels)
{
    /// <summary>Where training stands, in epochs: 1.5 is in the middle of the second.</summary>
    public double Epoch { get; init; }

    /// <summary>Places of the batch's images in the training data, N.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    /// <summary>The companions of the batch's images, ready for <see cref="Forward"/>, N×3×H×W; null unless a method asked for them.</summary>
    public Tensor? Companion { get; init; }

    /// <summary>The batch as the student was given it, N×3×H×W.</summary>
    public Tensor? Pixels { get; init; }

    /// <summary>Runs the student once more, on images like <see cref="Pixels"/> or <see cref="Companion"/>.</summary>
    public Func<Tensor, ModelOutput> Forward { get; init; } = _ => throw new NotSupportedException("There is no student to run in this input.");
}
