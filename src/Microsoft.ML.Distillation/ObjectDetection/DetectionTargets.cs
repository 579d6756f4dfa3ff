using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The objects of a batch of images.</summary>
/// <param name="Rows">
/// An object each, T×6: place of its image in the batch, class from 0, and its box x0 y0 x1 y1 in pixels of the input. A seventh column may tell how sure the
/// class is, 0…1.
/// </param>
/// <param name="Images">Images in the batch.</param>
internal sealed record DetectionTargets(Tensor Rows, int Images)
{
    private const int Columns = 6;

    /// <summary>The most objects in one image; null where nobody has counted yet, which costs a wait for the device.</summary>
    public int? Most { get; init; }

    public long Count => Rows.shape[0];

    /// <summary>Place of each object's image in the batch, T of int64.</summary>
    public Tensor Image => Rows.select(1, 0).to(ScalarType.Int64);

    /// <summary>T of int64.</summary>
    public Tensor Classes => Rows.select(1, 1).to(ScalarType.Int64);

    /// <summary>T×4.</summary>
    public Tensor Boxes => Rows.narrow(1, 2, 4);

    /// <summary>How sure each class is, T: 1 where the rows don't tell.</summary>
    public Tensor Confidence => Rows.shape[1] > Columns ? Rows.select(1, Columns) : ones(Count, Rows.dtype, Rows.device);

    /// <summary>Targets that are counted where they are, best on the CPU, before they go to the device.</summary>
    /// <exception cref="ArgumentException">The rows are no T×6 or T×7, or name an image there isn't.</exception>
    public static DetectionTargets Create(Tensor rows, int images, Device device)
    {
        if (rows.dim() != 2 || rows.shape[1] is not (Columns or Columns + 1))
            throw new ArgumentException($"The targets are {string.Join('×', rows.shape)}; they must be T×{Columns}, or T×{Columns + 1} with confidences.", nameof(rows));
        return new DetectionTargets(rows.to(device), images) { Most = MostInOne(rows, images) };
    }

    public DetectionTargets To(ScalarType type) => this with { Rows = Rows.to(type) };

    /// <summary>The same with as many places for every image.</summary>
    public PaddedTargets Padded()
    {
        var most = Math.Max(1, Most ?? Largest());
        var place = PerImage().cumsum(0).gather(1, Image.unsqueeze(1)).squeeze(1) - 1;
        var slot = Image * most + place;
        return new PaddedTargets(Spread(Boxes, 4), Spread(Classes), Spread(Confidence), Spread(ones(Count, ScalarType.Bool, Rows.device)));

        Tensor Spread(Tensor values, params long[] shape) => zeros([Images * most, .. shape], values.dtype, Rows.device)
            .index_copy_(0, slot, values).reshape([Images, most, .. shape]);
    }

    private static int MostInOne(Tensor rows, int images)
    {
        using var scope = NewDisposeScope();
        var targets = new DetectionTargets(rows, images);
        if (targets.Count == 0)
            return 0;
        var (first, last) = (targets.Image.min().item<long>(), targets.Image.max().item<long>());
        if (first < 0 || last >= images)
            throw new ArgumentException($"The targets name the images {first} to {last}; the batch has 0 to {images - 1}.", nameof(rows));
        return targets.Largest();
    }

    private int Largest() => Count == 0 ? 0 : (int)PerImage().sum(0L).max().item<long>();

    // T×N, 1 where the object is in the image.
    private Tensor PerImage() => Image.unsqueeze(1).eq(arange(Images, ScalarType.Int64, Rows.device)).to(ScalarType.Int64);
}

/// <summary>The objects of N images with G places each, of which some stay empty.</summary>
/// <param name="Boxes">x0 y0 x1 y1 in pixels of the input, N×G×4.</param>
/// <param name="Classes">N×G of int64.</param>
/// <param name="Confidence">N×G.</param>
/// <param name="Present">Which places hold an object, N×G of bool.</param>
internal sealed record PaddedTargets(Tensor Boxes, Tensor Classes, Tensor Confidence, Tensor Present);
