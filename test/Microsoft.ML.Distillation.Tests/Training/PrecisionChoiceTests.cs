using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class PrecisionChoiceTests
{
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void WhatIsAskedForIsDone(Precision wanted) => Assert.Equal(wanted, PrecisionChoice.Choose(wanted, CPU, [new KnowledgeDistillation()]));

    [Fact]
    public void AutoGoesByTheProcessor()
    {
        var expected = ProcessorFeatures.HasBFloat16 ? Precision.BFloat16 : Precision.Float32;

        Assert.Equal(expected, PrecisionChoice.Choose(Precision.Auto, CPU));
        Assert.Equal(expected, PrecisionChoice.Choose(Precision.Auto, CPU, [new KnowledgeDistillation()]));
    }

    // The kernel's own list of what the processor can do and may.
    [Fact]
    public void TheProcessorIsAskedRightly()
    {
        const string list = "/proc/cpuinfo";
        var flags = File.Exists(list) ? File.ReadLines(list).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) : null;

        Assert.True(flags is null || flags.Split(' ').Contains("avx512_bf16") == ProcessorFeatures.HasBFloat16, flags);
    }

    [Fact]
    public void MethodsThatLearnFromGradientsKeepFloat32() => Assert.Equal(Precision.Float32, PrecisionChoice.Choose(Precision.Auto, CPU, [new KnowledgeDistillation(), new GradientAttentionTransfer()]));

    [Fact]
    public void ADeviceOfWhichNothingIsKnownKeepsFloat32()
    {
        Assert.Equal(Precision.Float32, PrecisionChoice.Choose(Precision.Auto, device(DeviceType.CUDA, 10_000)));
        Assert.Equal(Precision.Float32, PrecisionChoice.Choose(Precision.Auto, device(DeviceType.MPS)));
    }

    [Fact]
    public void FaultsSayWhatToDo()
    {
        var faults = new Faults("Options");

        PrecisionChoice.Validate(Precision.BFloat16, [new KnowledgeDistillation(), new GradientAttentionTransfer()], faults);

        Assert.Equal(
            "Options: GradientAttentionTransfer learns from gradients, which are too coarse for it in BFloat16: set Precision to Float32 or Auto. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("options")).Message);
    }

    [Fact]
    public void AReportSaysWhatWasChosenAndThatItWas()
    {
        Assert.Equal("BFloat16", PrecisionChoice.Describe(Precision.BFloat16, Precision.BFloat16));
        Assert.Equal("Float32 (Auto)", PrecisionChoice.Describe(Precision.Auto, Precision.Float32));
    }
}
