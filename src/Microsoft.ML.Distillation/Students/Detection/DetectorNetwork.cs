using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// A network that is trained to detect objects: a TorchSharp module that returns everything a method may want in one forward and states its maps' shapes. Its input is normalised pixels, N×3×H×W, height and
/// width multiples of 32.
/// </summary>
internal abstract class DetectorNetwork(string name) : nn.Module<Tensor, DetectorOutput>(name)
{
    public abstract int ClassCount { get; }

    /// <summary>Strides of the levels and sizes of their anchors.</summary>
    public abstract AnchorSet Anchors { get; }

    /// <summary>Whether its heads are YOLO's, with an objectness, rather than RetinaNet's.</summary>
    public abstract bool IsYolo { get; }

    /// <summary>The maps in the order of <see cref="DetectorOutput.Neck"/>; a level of the heads each.</summary>
    public abstract IReadOnlyList<StageInfo> NeckStages { get; }

    /// <summary>The boxes and scores that an output stands for, all levels one after another, before any threshold.</summary>
    /// <returns>N×M×4, corners x1, y1, x2, y2 in pixels of the network's input, and N×M×C in 0…1.</returns>
    public abstract (Tensor Boxes, Tensor Scores) Decode(DetectorOutput output);

    /// <summary>Told before each epoch of training, from 0, with the weights as they are then.</summary>
    public virtual void Begin(int epoch)
    {
    }

    public long CountParameters() => parameters().Sum(p => p.numel());
}
