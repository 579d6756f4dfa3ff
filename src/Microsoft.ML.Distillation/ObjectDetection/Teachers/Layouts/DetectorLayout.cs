using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>A way in which detectors' files give what they found.</summary>
/// <param name="outputs">The outputs it reads.</param>
internal abstract class DetectorLayout(DetectorOutputLayout kind, IReadOnlyList<string> outputs)
{
    public DetectorOutputLayout Kind => kind;

    public IReadOnlyList<string> Outputs => outputs;

    /// <summary>Null where the outputs don't tell.</summary>
    public virtual int? ClassCount => null;

    /// <summary>Whether the outputs have no axis for images.</summary>
    public virtual bool IsForOneImage => false;

    /// <summary>Whether the network is of a kind that is given pixels as ImageNet's are.</summary>
    public virtual bool IsFromImageNet => false;

    /// <summary>Anchors of raw predictions; null for a layout that has none.</summary>
    public virtual AnchorGrid? Anchors => null;

    /// <summary>Adds what was found, in pixels of the network's input.</summary>
    public abstract void Read(LayoutValues values, Suppression suppression, FoundList found);

    /// <summary>Raw predictions, N×A×H×W×(5+C) by level.</summary>
    /// <exception cref="InvalidDataException">The values are not of these anchors.</exception>
    public virtual IReadOnlyList<Tensor> Heads(LayoutTensors values) => throw new NotSupportedException($"{Kind} has no raw predictions.");
}
