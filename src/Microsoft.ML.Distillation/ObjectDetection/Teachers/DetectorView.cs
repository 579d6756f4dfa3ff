using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>
/// A detector's own view of stored pixels: resized as far as its input has room, so that nothing is stretched, from the upper left corner on, black where nothing is left; then normalised.
/// </summary>
internal sealed class DetectorView : IDisposable
{
    private readonly PixelTransforms _resizing;
    private readonly PixelTransforms? _normalizing;
    private readonly ImageSize _fitted;

    public DetectorView(ImageSize stored, ImageSize input, ImageNormalization normalization, Device device)
    {
        (Stored, Input) = (stored, input);
        var scale = Math.Min((double)input.Width / stored.Width, (double)input.Height / stored.Height);
        _fitted = new(Math.Clamp((int)Math.Round(scale * stored.Width), 1, input.Width), Math.Clamp((int)Math.Round(scale * stored.Height), 1, input.Height));
        _resizing = new PixelTransforms(stored, _fitted, IsFull ? normalization : ImageNormalization.Raw, device);
        _normalizing = IsFull ? null : new PixelTransforms(input, input, normalization, device);
    }

    public ImageSize Stored { get; }

    public ImageSize Input { get; }

    /// <summary>Stored pixels to one of the input, across and down.</summary>
    public (float Across, float Down) ToStored => ((float)Stored.Width / _fitted.Width, (float)Stored.Height / _fitted.Height);

    private bool IsFull => _fitted == Input;

    /// <param name="pixels">RGB 0…255, float N×3×H×W of the stored size.</param>
    public Tensor Apply(Tensor pixels)
    {
        var resized = _resizing.Apply(pixels);
        if (_normalizing is null)
            return resized;
        var canvas = zeros(pixels.shape[0], 3, Input.Height, Input.Width, dtype: pixels.dtype, device: pixels.device);
        canvas.narrow(2, 0, _fitted.Height).narrow(3, 0, _fitted.Width).copy_(resized);
        return _normalizing.Apply(canvas);
    }

    public void Dispose()
    {
        _resizing.Dispose();
        _normalizing?.Dispose();
    }
}
