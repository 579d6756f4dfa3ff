using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A tensor as it lies in a file: its elements in the order they have in memory, so that it is read back with the same strides.</summary>
/// <remarks>
/// On a CPU the order is part of the result: momentum whose channels lie side by side, read back with its rows side by side, is added up by other instructions, which round otherwise.
/// </remarks>
/// <param name="Order">The dimensions, from the one with the longest stride on.</param>
internal sealed record TensorEntry(string Name, ScalarType Type, long[] Shape, int[] Order)
{
    private const int ChunkElements = 1 << 24;

    /// <summary>Bytes of the elements.</summary>
    [JsonIgnore]
    public long Length => Shape.Aggregate(1L, (product, size) => checked(product * size)) * Type.ElementSize();

    public static TensorEntry Of(string name, Tensor tensor)
    {
        var strides = tensor.stride();
        return new TensorEntry(name, tensor.dtype, tensor.shape, [.. Enumerable.Range(0, strides.Length).OrderByDescending(d => strides[d])]);
    }

    public void Write(Tensor tensor, Stream stream)
    {
        using var scope = NewDisposeScope();
        ForEachChunk(Permuted(tensor.detach().cpu()).contiguous(), chunk => stream.Write(chunk.bytes));
    }

    public Tensor Read(Stream stream)
    {
        using var scope = NewDisposeScope();
        var inMemoryOrder = empty(Order.Select(d => Shape[d]).ToArray(), Type);
        ForEachChunk(inMemoryOrder, chunk => stream.ReadExactly(chunk.bytes));
        return (Order.Length == 0 ? inMemoryOrder : inMemoryOrder.permute([.. Order.Select((_, d) => (long)Array.IndexOf(Order, d))])).DetachFromDisposeScope();
    }

    private Tensor Permuted(Tensor tensor) => Order.Length == 0 ? tensor : tensor.permute([.. Order.Select(d => (long)d)]);

    // A span holds less than a tensor may.
    private static void ForEachChunk(Tensor contiguous, Action<Tensor> action)
    {
        var elements = contiguous.view(-1);
        for (long first = 0; first < elements.numel(); first += ChunkElements)
            action(elements.narrow(0, first, Math.Min(ChunkElements, elements.numel() - first)));
    }
}
