using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A piece of a network that maps a tensor to a tensor and knows its own ONNX nodes.</summary>
/// <remarks>Blocks ask for their parameters by name at every use: moving a module to another device puts new objects in their place.</remarks>
internal abstract class Block(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>What the block ends in: its output is this function of <see cref="Before"/>.</summary>
    public virtual Activation Last => Activation.None;

    /// <summary>What comes before the block's last activation; a block that ends without one gives its output.</summary>
    public virtual Tensor Before(Tensor input) => call(input);

    /// <summary>Adds this block's nodes to <paramref name="graph"/>; its initialisers are named <c>path.parameter</c>.</summary>
    /// <returns>The name of the block's output.</returns>
    public abstract string WriteOnnx(OnnxGraphBuilder graph, string input, string path);
}
