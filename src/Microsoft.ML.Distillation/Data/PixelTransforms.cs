using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A network's own view of stored pixels: resized to its input, then normalised. All on the device of the pixels.</summary>
internal sealed class PixelTransforms : IDisposable
{
    private readonly Tensor _mean;
    private readonly Tensor _deviation;
    private readonly Tensor? _rows;
    private readonly Tensor? _columns;

    public PixelTransforms(ImageSize stored, ImageSize wanted, ImageNormalization normalization, Device device)
    {
        using var scope = NewDisposeScope();
        Normalization = normalization;
        _mean = Channel(normalization.Mean, device);
        _deviation = Channel(normalization.Deviation, device);
        if (stored == wanted)
            return;
        // rows·image scales the height, image·columns the width.
        _rows = Kept(tensor(Resampling.Weights(stored.Height, wanted.Height), [wanted.Height, stored.Height]), device);
        _columns = Kept(tensor(Resampling.Weights(stored.Width, wanted.Width), [wanted.Width, stored.Width]).t().contiguous(), device);
    }

    public ImageNormalization Normalization { get; }

    /// <param name="pixels">RGB 0…255, float N×3×H×W of the stored size.</param>
    public Tensor Apply(Tensor pixels)
    {
        var resized = _rows is null ? pixels : matmul(matmul(_rows, pixels), _columns!);
        return (resized - _mean) / _deviation;
    }

    public void Dispose()
    {
        _mean.Dispose();
        _deviation.Dispose();
        _rows?.Dispose();
        _columns?.Dispose();
    }

    private static Tensor Channel(IReadOnlyList<float> values, Device device) =>
        Kept(tensor(values.Select(v => v * 255).ToArray(), [1, 3, 1, 1]), device);

    private static Tensor Kept(Tensor values, Device device) => values.to(device).DetachFromDisposeScope();
}
