using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Tensor _weights = tensor(Numbers.Gaussian(4000, 1), [40, 100]);
    private readonly Tensor _count = tensor(17L);

    public void Dispose()
    {
        _folder.Dispose();
        _weights.Dispose();
        _count.Dispose();
    }

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var path = Write(new TrainingRecord
        {
            Step = 12, Terms = { ["task"] = [1.5, .1 + .2] }, LearningRate = { .1, 1e-300 }, Validation = { .25 }, RateFactor = .5, Retries = { "Step 3" }, Seconds = { ["data"] = 1.25 },
            Finished = true, StoppedEarly = true,
        });

        var read = CheckpointFile.Read(path);
        var tensors = CheckpointFile.ReadTensors(path);

        Assert.Equal(new Dictionary<string, string> { ["Epochs"] = "3" }, read.Identity);
        Assert.Equal(new Dictionary<string, string> { ["Device"] = "cpu" }, read.Choices);
        Assert.Equal([.1 + .2, -7], read.TeacherSample);
        Assert.Equal((12, .5, true, true, 2, 1), (read.Record.Step, read.Record.RateFactor, read.Record.Finished, read.Record.StoppedEarly, read.Record.Epochs, read.Record.BestEpoch));
        Assert.Equal([1.5, .1 + .2], read.Record.Terms["task"]);
        Assert.Equal([.1, 1e-300], read.Record.LearningRate);
        Assert.Equal(["Step 3"], read.Record.Retries);
        Assert.Equal(1.25, read.Record.Seconds["data"]);
        Assert.Equal(["weights", "count"], tensors.Keys);
        Assert.Equal(Numbers.Of(_weights), Numbers.Of(tensors["weights"]));
        Assert.Equal(17, tensors["count"].item<long>());
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
    }

    [Fact]
    public void AFileCutAnywhereIsNotRead()
    {
        var whole = File.ReadAllBytes(Write(new TrainingRecord()));
        Assert.True(whole.Length > 16000);

        foreach (var length in Enumerable.Range(0, whole.Length / 1000 + 1).Select(i => 1000 * i).Concat([1, 8, 23, 24, 55, 56, 57, whole.Length - 33, whole.Length - 32, whole.Length - 1]))
            Assert.Contains("it is cut off", Fault(whole[..length]), StringComparison.Ordinal);
        Assert.Contains("or has grown", Fault([.. whole, 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void AByteChangedAnywhereIsFound()
    {
        var whole = File.ReadAllBytes(Write(new TrainingRecord()));

        foreach (var place in Enumerable.Range(0, whole.Length / 1000).Select(i => 1000 * i + 500).Append(24).Append(whole.Length - 1))
        {
            byte[] changed = [.. whole];
            changed[place] ^= 4;
            Assert.Equal("it is damaged: its checksum is not that of its contents", Fault(changed));
        }
    }

    [Fact]
    public void AnotherFormatIsNamed()
    {
        var whole = File.ReadAllBytes(Write(new TrainingRecord()));
        byte[] newer = [.. whole];
        newer[8] = 2;

        Assert.Equal("its format's version is 2, and this library reads 1", Fault(newer));
        Assert.Equal("it is no checkpoint", Fault(new byte[100]));
    }

    private string Fault(byte[] bytes)
    {
        File.WriteAllBytes(_folder["bad"], bytes);
        return Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(_folder["bad"])).Message;
    }

    private string Write(TrainingRecord record)
    {
        using var file = File.Create(_folder["good"]);
        CheckpointFile.Write(
            file,
            new Checkpoint(
                new Dictionary<string, string> { ["Epochs"] = "3" }, [.1 + .2, -7], new Dictionary<string, string> { ["Device"] = "cpu" }, record,
                [TensorEntry.Of("weights", _weights), TensorEntry.Of("count", _count)]),
            [_weights, _count]);
        return _folder["good"];
    }
}
