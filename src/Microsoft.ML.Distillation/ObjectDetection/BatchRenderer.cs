using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// Augmented images of whole batches, on the device that trains: every stored image is sampled where an augmented one shows it (bilinear), and what several show is laid side by side.
/// A mosaic's canvas is never made.
/// </summary>
internal sealed class BatchRenderer(ImageSize size, DetectionAugmentation augmentation, Device device)
{
    /// <returns>
    /// Pixels, N×3×H×W, RGB 0…255; and targets, T×6: image of the batch, class, x0 y0 x1 y1 in pixels of these images. Both float32.
    /// </returns>
    public (Tensor Pixels, Tensor Targets) Render(DetectionBatch batch)
    {
        using var scope = NewDisposeScope();
        var count = batch.Rows.Length;
        var pixels = augmentation.MovesNothing ? PixelTensor.Create(batch.Pixels[0], count, size, device) : Placed(batch, count);
        if (augmentation.ChangesColours)
            pixels = ColourJitter.Apply(pixels, tensor(batch.Colours, [count, 3]).UploadTo(device));
        var targets = batch.Targets.Count == 0
            ? empty([0, batch.TargetLength], ScalarType.Float32, device)
            : tensor(batch.Targets.ToArray(), [batch.Targets.Count / batch.TargetLength, batch.TargetLength]).UploadTo(device);
        return (pixels.MoveToOuterDisposeScope(), targets.MoveToOuterDisposeScope());
    }

    private Tensor Placed(DetectionBatch batch, int count)
    {
        var placements = tensor(batch.Placements, [batch.Tiles, count, TilePlacement.Length]).UploadTo(device);
        var (columns, rows) = (Centres(size.Width), Centres(size.Height));
        var whole = zeros([count, 3, size.Height, size.Width], ScalarType.Float32, device);
        for (var k = 0; k < batch.Tiles; k++)
        {
            using var scope = NewDisposeScope();
            var placement = placements.select(0, k);
            var (x, across) = Axis(placement.narrow(1, 0, AxisPlacement.Length), columns, size.Width);
            var (y, down) = Axis(placement.narrow(1, AxisPlacement.Length, AxisPlacement.Length), rows, size.Height);
            long[] shape = [count, size.Height, size.Width];
            var grid = stack([x.unsqueeze(1).expand(shape), y.unsqueeze(2).expand(shape)], 3);
            var tile = F.grid_sample(PixelTensor.Create(batch.Pixels[k], count, size, device), grid, align_corners: false);
            whole.add_(tile.mul_(across.view(count, 1, 1, size.Width)).mul_(down.view(count, 1, size.Height, 1)));
        }
        return whole;
    }

    /// <summary>Positions in stored pixels, on grid_sample's scale where −1 and 1 are the edges of the image; and 1 where the image is seen, else 0. N×L each.</summary>
    private static (Tensor Positions, Tensor Seen) Axis(Tensor placement, Tensor centres, int length)
    {
        Tensor Part(int i) => placement.narrow(1, i, 1);
        // Past the image's last pixel that pixel goes on: the padding it is stored with does not shine in.
        var position = ((centres - Part(1)) / Part(0)).maximum(Part(4)).minimum(Part(5));
        var seen = centres.ge(Part(2)).logical_and(centres.lt(Part(3)));
        return (position * (2.0 / length) - 1, seen.to(ScalarType.Float32));
    }

    private Tensor Centres(int length) => (arange(length, ScalarType.Float32, device) + .5f).unsqueeze(0);
}
