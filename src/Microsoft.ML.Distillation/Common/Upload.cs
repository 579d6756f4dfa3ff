using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Common;

/// <summary>The way of a batch's data from where the CPU made it to where a run computes.</summary>
internal static class Upload
{
    /// <returns>The tensor on the device.</returns>
    /// <remarks>
    /// A GPU takes it from page-locked memory, and the CPU goes on meanwhile; from ordinary memory it would first wait for all that the GPU has yet to do. libtorch keeps that memory until it was read,
    /// and takes it again.
    /// </remarks>
    public static Tensor UploadTo(this Tensor tensor, Device device) => device.type == DeviceType.CUDA ? tensor.pin_memory().to(device, non_blocking: true) : tensor.to(device);
}
