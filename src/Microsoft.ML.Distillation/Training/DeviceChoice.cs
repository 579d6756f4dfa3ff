using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Where to train, by ML.NET's convention: a GPU's number, or none for the CPU, and whether the CPU may stand in.</summary>
internal static class DeviceChoice
{
    public static Device Choose(MLContext ml, int? gpuDeviceId, bool? fallbackToCpu)
    {
        if ((gpuDeviceId ?? ml.GpuDeviceId) is not { } id)
            return CPU;
        var count = cuda.is_available() ? cuda.device_count() : 0;
        if (id < count)
            return device(DeviceType.CUDA, id);
        return fallbackToCpu ?? ml.FallbackToCpu
            ? CPU
            : throw new InvalidOperationException($"GPU {id} is asked for; libtorch finds {count} CUDA devices. Reference TorchSharp-cuda-linux or TorchSharp-cuda-windows and install the driver, set FallbackToCpu, or leave GpuDeviceId null.");
    }

    /// <summary>The same, and a warning where the CPU stands in.</summary>
    public static Device Choose(MLContext ml, int? gpuDeviceId, bool? fallbackToCpu, IChannel channel)
    {
        var device = Choose(ml, gpuDeviceId, fallbackToCpu);
        if ((gpuDeviceId ?? ml.GpuDeviceId) is { } id && device.type == DeviceType.CPU)
            channel.Warning(MessageSensitivity.None, $"GPU {id} is asked for and can't be used: training on the CPU (FallbackToCpu).");
        return device;
    }
}
