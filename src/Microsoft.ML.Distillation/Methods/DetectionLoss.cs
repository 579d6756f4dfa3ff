using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>What a detection method computes at every step.</summary>
internal abstract class DetectionLoss
{
    /// <summary>What trains with the student and is never exported; null for nothing. The training loop moves it to the device and disposes it.</summary>
    public virtual nn.Module? Helper => null;

    public abstract IReadOnlyList<LossTerm> Compute(DetectionLossInput input);
}

/// <summary>What is known of a detector before it runs.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Features">The neck's maps, finest first; empty where they can't be had.</param>
/// <param name="Anchors">Of a YOLO detector; null for others.</param>
internal sealed record DetectorShape(int Classes, IReadOnlyList<MapShape> Features, AnchorGrid? Anchors)
{
    /// <summary>Whether raw predictions can be had.</summary>
    public bool HasHeads { get; init; } = true;
}

/// <summary>What one forward of a detector gives, level by level, finest first. A teacher leaves empty what it can't give.</summary>
/// <param name="Heads">YOLO: raw x, y, w, h, objectness and classes, N×A×H×W×(5+C). RetinaNet: raw classes, N×A×H×W×C.</param>
/// <param name="Features">The neck's maps, N×C×H×W.</param>
internal sealed record DetectionOutput(IReadOnlyList<Tensor> Heads, IReadOnlyList<Tensor> Features)
{
    /// <summary>RetinaNet: offsets of the boxes, N×A×H×W×4.</summary>
    public IReadOnlyList<Tensor> Boxes { get; init; } = [];
}

/// <summary>What a detection loss may know of a run before it begins.</summary>
/// <param name="Student">The student, at its input size.</param>
/// <param name="Teacher">The teacher, at the same; null without one.</param>
/// <param name="Input">Size of the network's input.</param>
/// <param name="Seed">Where helpers' initial weights come from.</param>
internal sealed record DetectionLossContext(DetectorShape Student, DetectorShape? Teacher, ImageSize Input, int BatchSize, long Seed, Device Device)
{
    /// <summary>
    /// What a method multiplies its weights by. YOLO's task loss is multiplied by the images of the batch; the weights beside it are stated for so many of them and grow in step, so
    /// that a larger batch doesn't silence the teacher, nor a smaller one the labels. 1 for other detectors.
    /// </summary>
    public double BatchScale(double images) => Student.Anchors is null ? 1 : BatchSize / images;

    /// <summary>Gives a helper its initial weights: a function of the seed and of each parameter's place.</summary>
    public T Initialize<T>(T helper) where T : nn.Module
    {
        WeightInitializer.Initialize(helper, Seed, RandomPurpose.HelperWeights);
        return helper;
    }
}

/// <summary>What a detection loss sees of a step.</summary>
/// <param name="Student">Of this batch, with gradients.</param>
/// <param name="Teacher">Of the same pixels, in evaluation mode; null without a teacher.</param>
/// <param name="Targets">The objects.</param>
internal sealed record DetectionLossInput(DetectionOutput Student, DetectionOutput? Teacher, DetectionTargets Targets);
