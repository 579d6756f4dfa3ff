using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Stored pixels as a teacher in TorchSharp takes them.</summary>
/// <param name="size">Its input; null for the size the pixels come in.</param>
/// <param name="precision">What it computes in.</param>
internal sealed class TeacherView(ImageSize? size, ImageNormalization normalization, Precision precision) : IDisposable
{
    private PixelTransforms? _transforms;
    private ImageSize _stored;

    /// <param name="pixels">RGB 0…255, float N×3×H×W.</param>
    public Tensor Apply(Tensor pixels)
    {
        var stored = new ImageSize((int)pixels.shape[3], (int)pixels.shape[2]);
        if (_transforms is null || _stored != stored)
        {
            _transforms?.Dispose();
            (_transforms, _stored) = (new PixelTransforms(stored, size ?? stored, normalization, pixels.device), stored);
        }
        return PixelTensor.ForNetwork(_transforms.Apply(pixels), precision);
    }

    public void Dispose() => _transforms?.Dispose();
}
