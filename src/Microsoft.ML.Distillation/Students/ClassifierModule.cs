using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// A student that classifies images: a TorchSharp module that returns everything a method may want in one forward, states its
/// stages' shapes, and writes itself as ONNX nodes with initialisers named as in <c>state_dict</c>.
/// Its input is normalised pixels, N×3×H×W.
/// </summary>
internal abstract class ClassifierModule(string name, int classCount) : nn.Module<Tensor, ModelOutput>(name)
{
    /// <summary>Names of the classifier's weights start so; they have a row for each class.</summary>
    public const string ClassifierPrefix = "fc.";

    public int ClassCount { get; } = classCount;

    /// <summary>The stages in the order of <see cref="ModelOutput.Features"/>.</summary>
    public abstract IReadOnlyList<StageInfo> Stages { get; }

    /// <summary>Length of <see cref="ModelOutput.Embedding"/>.</summary>
    public abstract int EmbeddingSize { get; }

    /// <summary>Whether a forward also gives the feature maps before each stage's last activation (<see cref="ModelOutput.PreActivations"/>).</summary>
    public bool KeepsPreActivations { get; set; }

    /// <summary>Adds the network's nodes to <paramref name="graph"/>.</summary>
    public abstract OnnxNetwork WriteOnnx(OnnxGraphBuilder graph, string input);

    /// <summary>Told before each epoch of training, from 0, with the weights as they are then.</summary>
    public virtual void Begin(int epoch)
    {
    }

    /// <summary>What a forward gives for images of a size.</summary>
    public OutputShape Describe(ImageSize size) => new(
        ClassCount, [.. Stages.Select(s => new MapShape(s.Name, s.Channels, RoundedUp(size.Height, s.Stride), RoundedUp(size.Width, s.Stride)))], EmbeddingSize);

    /// <summary>What every loss that depends on the logits or the embedding trains, apart from the classifier itself.</summary>
    public virtual IEnumerable<TorchSharp.Modules.Parameter> LastStageParameters =>
        named_parameters().Where(p => p.Item1.StartsWith($"{Stages[^1].Name}.", StringComparison.Ordinal)).Select(p => p.Item2);

    public long CountParameters() => parameters().Sum(p => p.numel());

    private static int RoundedUp(int length, int stride) => (length + stride - 1) / stride;
}

/// <summary>Names of a network's values in an ONNX graph, as in <see cref="ModelOutput"/>.</summary>
/// <param name="Logits">N×C.</param>
/// <param name="Features">The feature map after each stage, shallowest first.</param>
/// <param name="Embedding">N×D.</param>
internal sealed record OnnxNetwork(string Logits, IReadOnlyList<string> Features, string Embedding);
