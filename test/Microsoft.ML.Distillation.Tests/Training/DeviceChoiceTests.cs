using Microsoft.ML.Distillation.Training;
using TorchSharp;

namespace Microsoft.ML.Distillation.Tests.Training;

public class DeviceChoiceTests
{
    /// <summary>No machine has so many.</summary>
    private const int NoSuchGpu = 10_000;

    [Fact]
    public void WithoutAGpuNumberItIsTheCpu() => Assert.Equal(DeviceType.CPU, DeviceChoice.Choose(new MLContext(), null, null).type);

    [Fact]
    public void TheCpuStandsInWhereItMay()
    {
        var fallsBack = new MLContext { GpuDeviceId = NoSuchGpu, FallbackToCpu = true };

        Assert.Equal(DeviceType.CPU, DeviceChoice.Choose(fallsBack, null, null).type);
        Assert.Equal(DeviceType.CPU, DeviceChoice.Choose(new MLContext(), NoSuchGpu, fallbackToCpu: true).type);
    }

    [Fact]
    public void ElseAMissingGpuIsAnError()
    {
        var insists = new MLContext { GpuDeviceId = NoSuchGpu, FallbackToCpu = false };

        Assert.StartsWith("GPU 10000 is asked for; libtorch finds ", Assert.Throws<InvalidOperationException>(() => DeviceChoice.Choose(insists, null, null)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => DeviceChoice.Choose(new MLContext { FallbackToCpu = true }, NoSuchGpu, fallbackToCpu: false));
    }
}
