using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>What a teacher's outputs are made of, so that they can be taken apart into bytes, image by image, and put together again.</summary>
internal sealed class OutputParts
{
    private readonly bool _logits;
    private readonly bool _embedding;
    private readonly int _features;
    private readonly int _preActivations;
    private readonly double[] _weights;
    private readonly Part[] _parts;

    public OutputParts(ModelOutput output)
    {
        (_logits, _embedding) = (output.Logits is not null, output.Embedding is not null);
        (_features, _preActivations) = (output.Features.Count, output.PreActivations.Count);
        _weights = [.. output.Members.Select(m => m.Weight)];
        _parts = [.. Tensors(output).Select(Part.Of)];
        RowBytes = _parts.Sum(p => p.Bytes);
    }

    /// <summary>Bytes of all parts for one image.</summary>
    public int RowBytes { get; }

    /// <returns>The bytes of every part for all images, one image after another within a part.</returns>
    public byte[][] ToBytes(ModelOutput output) => [.. Tensors(output).Zip(_parts, (tensor, part) => part.ToBytes(tensor))];

    public ModelOutput FromBytes(byte[][] parts, int rows, Device device)
    {
        var tensors = new Queue<Tensor>(_parts.Zip(parts, (part, bytes) => part.FromBytes(bytes, rows, device)));
        var (logits, embedding) = (_logits ? tensors.Dequeue() : null, _embedding ? tensors.Dequeue() : null);
        return new ModelOutput(logits, Take(_features), embedding)
        {
            PreActivations = Take(_preActivations),
            Members = [.. Take(_weights.Length).Zip(_weights)],
        };

        Tensor[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => tensors.Dequeue())];
    }

    /// <summary>Room for <paramref name="rows"/> images.</summary>
    public byte[][] NewBytes(int rows) => [.. _parts.Select(p => new byte[checked(rows * p.Bytes)])];

    /// <summary>Writes one image's bytes of all parts, one part after another.</summary>
    public void Gather(byte[][] parts, int row, Span<byte> record)
    {
        var offset = 0;
        for (var i = 0; i < _parts.Length; offset += _parts[i++].Bytes)
            parts[i].AsSpan(row * _parts[i].Bytes, _parts[i].Bytes).CopyTo(record[offset..]);
    }

    /// <summary>Reads what <see cref="Gather"/> wrote.</summary>
    public void Scatter(ReadOnlySpan<byte> record, byte[][] parts, int row)
    {
        var offset = 0;
        for (var i = 0; i < _parts.Length; offset += _parts[i++].Bytes)
            record.Slice(offset, _parts[i].Bytes).CopyTo(parts[i].AsSpan(row * _parts[i].Bytes));
    }

    private static IEnumerable<Tensor> Tensors(ModelOutput output) =>
        [.. new[] { output.Logits, output.Embedding }.OfType<Tensor>(), .. output.Features, .. output.PreActivations, .. output.Members.Select(m => m.Logits)];

    /// <param name="Shape">Of one image, in the order of the memory.</param>
    /// <param name="ChannelsLast">Whether a map's channels lie side by side: what is computed of a map may depend, in its last bit, on how it lies in memory.</param>
    private sealed record Part(long[] Shape, ScalarType Type, int Bytes, bool ChannelsLast)
    {
        public static Part Of(Tensor tensor)
        {
            var shape = tensor.shape;
            var channelsLast = shape.Length == 4 && !tensor.is_contiguous() && tensor.stride(1) == 1;
            long[] row = channelsLast ? [shape[2], shape[3], shape[1]] : shape[1..];
            return new Part(row, tensor.dtype, checked((int)(row.Aggregate(tensor.ElementSize, (bytes, size) => bytes * size))), channelsLast);
        }

        public byte[] ToBytes(Tensor tensor) => (ChannelsLast ? tensor.permute(0, 2, 3, 1) : tensor).detach().cpu().contiguous().bytes.ToArray();

        public Tensor FromBytes(byte[] bytes, int rows, Device device)
        {
            var stored = empty([rows, .. Shape], Type);
            bytes.CopyTo(stored.bytes);
            var tensor = stored.UploadTo(device);
            return ChannelsLast ? tensor.permute(0, 3, 1, 2) : tensor;
        }
    }
}
