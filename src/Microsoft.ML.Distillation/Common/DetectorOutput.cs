using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Common;

/// <summary>Everything a distillation method may want from one forward of a detector.</summary>
/// <param name="Levels">What the heads say, finest level first.</param>
/// <param name="Neck">The feature map each head reads, N×Cᵢ×Hᵢ×Wᵢ.</param>
/// <param name="Backbone">The feature map after each of the backbone's stages, shallowest first.</param>
internal sealed record DetectorOutput(IReadOnlyList<DetectorLevel> Levels, IReadOnlyList<Tensor> Neck, IReadOnlyList<Tensor> Backbone)
{
    /// <summary>Lets all its tensors outlive the innermost dispose scope.</summary>
    public DetectorOutput MoveToOuterDisposeScope()
    {
        foreach (var tensor in Levels.SelectMany(l => l.Tensors).Concat(Neck).Concat(Backbone))
            tensor.MoveToOuterDisposeScope();
        return this;
    }
}

/// <summary>What a detector's heads say at one level, before any sigmoid or anchor: A boxes in each of H×W cells.</summary>
/// <param name="Boxes">N×A×H×W×4: x, y, width, height as the network codes them.</param>
/// <param name="Objectness">N×A×H×W, a logit; null for a network whose class logits say it.</param>
/// <param name="Classes">N×A×H×W×C, logits.</param>
internal sealed record DetectorLevel(Tensor Boxes, Tensor? Objectness, Tensor Classes)
{
    /// <summary>N×A×H×W×(5+C), x, y, w, h, objectness, classes: the tensor that the others are views of; null for a network that computes them apart.</summary>
    public Tensor? Raw { get; private init; }

    /// <summary>The tensors of the level, each once.</summary>
    public IEnumerable<Tensor> Tensors => new[] { Raw, Boxes, Objectness, Classes }.OfType<Tensor>();

    /// <param name="raw">N×A×H×W×(5+C).</param>
    public static DetectorLevel FromRaw(Tensor raw) =>
        new(raw.narrow(-1, 0, 4), raw.select(-1, 4), raw.narrow(-1, 5, raw.shape[^1] - 5)) { Raw = raw };
}
