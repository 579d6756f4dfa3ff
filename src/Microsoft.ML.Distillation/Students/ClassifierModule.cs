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

    /// <summary>Adds the network's nodes to <paramref name="graph"/> and returns the name of the logits, N×C.</summary>
    public abstract string WriteOnnx(OnnxGraphBuilder graph, string input);

    public long CountParameters() => parameters().Sum(p => p.numel());
}
