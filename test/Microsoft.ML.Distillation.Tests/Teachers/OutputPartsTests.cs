using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OutputPartsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsTakenApartComesBack(int kind)
    {
        using var scope = NewDisposeScope();
        var output = Outputs()[kind];
        var parts = new OutputParts(output);
        var (bytes, record, copy) = (parts.ToBytes(output), new byte[parts.RowBytes], parts.NewBytes(4));
        for (var row = 0; row < 4; row++)
        {
            parts.Gather(bytes, row, record);
            parts.Scatter(record, copy, row);
        }

        var back = parts.FromBytes(copy, 4, CPU);

        Assert.Equal((output.Logits is null, output.Embedding is null), (back.Logits is null, back.Embedding is null));
        Assert.Equal(output.Members.Select(m => m.Weight), back.Members.Select(m => m.Weight));
        Assert.Equal((output.Features.Count, output.PreActivations.Count), (back.Features.Count, back.PreActivations.Count));
        foreach (var (expected, actual) in Tensors(output).Zip(Tensors(back)))
        {
            Assert.Equal(expected.shape, actual.shape);
            Assert.Equal(expected.stride(), actual.stride()); // the same sums in the same order
            Assert.Equal(expected.dtype, actual.dtype);
            Assert.Equal(Numbers.Of(expected), Numbers.Of(actual));
        }
    }

    private static ModelOutput[] Outputs() =>
    [
        new(randn(4, 3), [], null),
        new(null, [randn(4, 2, 5, 3), PixelTensor.ForNetwork(randn(4, 6, 3, 2))], randn(4, 7)),
        new(randn(4, 3), [randn(4, 2, 1, 1)], null) { PreActivations = [randn(4, 2, 3, 3)], Members = [(randn(4, 3), .25), (randn(4, 3), .75)] },
        new(randn([4, 3], ScalarType.Float64), [], randn([4, 2], ScalarType.Float32)),
    ];

    private static IEnumerable<Tensor> Tensors(ModelOutput output) =>
        [.. new[] { output.Logits, output.Embedding }.OfType<Tensor>(), .. output.Features, .. output.PreActivations, .. output.Members.Select(m => m.Logits)];
}
