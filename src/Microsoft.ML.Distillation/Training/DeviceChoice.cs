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
}
