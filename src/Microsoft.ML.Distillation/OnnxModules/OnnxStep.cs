using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>A node of a program.</summary>
/// <param name="readAhead">Inputs whose numbers say what is done, by their places.</param>
/// <param name="isAhead">Whether it computes nothing but what the sizes of tensors say.</param>
internal sealed class OnnxStep(NodeProto node, OnnxManyOperator @operator, IReadOnlySet<int> readAhead, bool isAhead)
{
    public NodeProto Node => node;

    public bool IsAhead => isAhead;

    /// <summary>Tensors that nobody reads afterwards, its own outputs included.</summary>
    public IReadOnlyList<string> Dead { get; set; } = [];

    /// <summary>Whether an input is wanted on the CPU.</summary>
    public bool ReadsOnCpu(int input) => isAhead || readAhead.Contains(input);

    /// <exception cref="InvalidOperationException">It can't be computed of these inputs; the message names the node.</exception>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor?> inputs, string source)
    {
        try
        {
            return @operator(inputs);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var shapes = string.Join(", ", inputs.Select(input => input is null ? "nothing" : $"{string.Join('×', input.shape)} ({input.dtype})"));
            throw new InvalidOperationException($"{source}: node {OnnxNode.NameOf(node)} ({node.OpType}) failed as a TorchSharp operator, given {shapes}: {e.Message.TrimEnd()}", e);
        }
    }
}
