using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>Mixes the maps of a backbone's stages into one for each of the heads' levels.</summary>
internal abstract class DetectionNeck(string name) : nn.Module<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>(name)
{
    /// <summary>The maps it gives, finest first.</summary>
    public abstract IReadOnlyList<StageInfo> Levels { get; }

    /// <summary>Deviation or bound of a convolution's first weights, as published; null for those of all students.</summary>
    public virtual (bool Normal, double Scale)? InitialScale(long[] shape) => null;

    /// <returns>The maps' names, as <c>forward</c> orders them.</returns>
    public abstract IReadOnlyList<string> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> maps, string path);
}
