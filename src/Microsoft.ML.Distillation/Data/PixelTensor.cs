using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Rows of bytes as a float tensor, and its layout.</summary>
internal static class PixelTensor
{
    /// <returns>N×3×H×W, 0…255, float32 on <paramref name="device"/>; the bytes travel as bytes.</returns>
    public static Tensor Create(byte[] pixels, int rows, ImageSize size, Device device)
    {
        var stored = empty([rows, 3, size.Height, size.Width], ScalarType.Byte);
        pixels.AsSpan(0, checked((int)(rows * 3 * size.Pixels))).CopyTo(stored.bytes);
        return stored.UploadTo(device).to(ScalarType.Float32);
    }

    /// <summary>The layout and the type that the networks here are given their images in.</summary>
    /// <returns>The same N×C×H×W tensor; on a CPU, and in bfloat16, with a pixel's channels side by side in memory.</returns>
    /// <remarks>Networks keep their input's type and layout. On a CPU convolutions are faster by half where the channels lie together; a GPU's matrix units want them so.</remarks>
    public static Tensor ForNetwork(Tensor pixels, Precision precision = Precision.Float32)
    {
        var typed = precision == Precision.Float32 ? pixels : pixels.to(precision.Type());
        return typed.device_type == DeviceType.CPU || typed.dtype == ScalarType.BFloat16 ? typed.ChannelsLast() : typed;
    }
}
