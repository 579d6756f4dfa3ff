using System.Text.Json;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class TensorEntryTests
{
    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Dictionary<string, Func<Tensor>> Cases => new()
    {
        ["vector"] = () => tensor(Numbers.Gaussian(5, 1)),
        ["scalar"] = () => tensor(3.5f),
        ["integer"] = () => tensor(1L << 40),
        ["empty"] = () => empty([0, 3], ScalarType.Float32),
        ["rows side by side"] = () => tensor(Numbers.Gaussian(120, 2), [2, 3, 4, 5]),
        ["channels side by side"] = () => tensor(Numbers.Gaussian(120, 3), [2, 4, 5, 3]).permute(0, 3, 1, 2),
        ["transposed"] = () => tensor(Numbers.Gaussian(6, 4), [2, 3]).t(),
        ["one by one"] = () => tensor(Numbers.Gaussian(6, 5), [2, 1, 1, 3]).permute(0, 3, 1, 2),
        ["doubles"] = () => tensor(new[] { Math.PI, double.NaN, double.NegativeInfinity }),
        ["a part"] = () => tensor(Numbers.Gaussian(12, 6), [3, 4]).narrow(1, 1, 2),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatIsWrittenIsReadWithItsOrderInMemory(string name)
    {
        using var scope = NewDisposeScope();
        var tensor = Cases[name]();
        var entry = TensorEntry.Of("x", tensor);
        var file = new MemoryStream();

        entry.Write(tensor, file);
        Assert.Equal(entry.Length, file.Length);
        file.Position = 0;
        using var read = entry.Read(file);

        Assert.Equal((tensor.dtype, file.Length), (read.dtype, file.Position));
        Assert.Equal(tensor.shape, read.shape);
        Assert.Equal(Numbers.Of(tensor), Numbers.Of(read));
        if (name != "a part")
            Assert.Equal(tensor.stride(), read.stride());
    }

    [Fact]
    public void AnEntryIsReadFromJson()
    {
        using var tensor = zeros([2, 3], ScalarType.Int64);
        var entry = TensorEntry.Of("x", tensor);

        var read = JsonSerializer.Deserialize<TensorEntry>(JsonSerializer.Serialize(entry))!;

        Assert.Equal((entry.Name, entry.Type, 48), (read.Name, read.Type, read.Length));
        Assert.Equal(entry.Shape, read.Shape);
        Assert.Equal(entry.Order, read.Order);
    }
}
