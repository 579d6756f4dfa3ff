using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// How far boxes x0 y0 x1 y1 overlap, along the last dimension of two tensors …×4 that are alike or broadcast: …×4 → …. Boxes without area are finite in value and gradient.
/// </summary>
/// <remarks>
/// Rezatofighi et al.: "Generalized intersection over union", 2019, https://arxiv.org/abs/1902.09630. Zheng et al.: "Distance-IoU loss", 2020, https://arxiv.org/abs/1911.08287.
/// YOLOv5 adds 1e-7 to denominators; here they are at least that, so that equal boxes have exactly 1.
/// </remarks>
internal static class BoxOverlap
{
    private const double Least = 1e-7;

    /// <summary>Intersection over union, 0…1.</summary>
    public static Tensor IoU(Tensor first, Tensor second) => Shares(first, second).IoU;

    /// <summary>IoU − (enclosing − union) / enclosing, −1…1.</summary>
    public static Tensor GIoU(Tensor first, Tensor second)
    {
        var (iou, union) = Shares(first, second);
        var enclosing = Product(Enclosing(first, second)).clamp_min(Least);
        return iou - (enclosing - union) / enclosing;
    }

    /// <summary>
    /// IoU − ρ²/c² − α·v: ρ the distance of the centres, c the enclosing box's diagonal, v = 4/π²·(atan(w₂/h₂) − atan(w₁/h₁))² and α = v/(1 − IoU + v), which has no gradient.
    /// </summary>
    public static Tensor CIoU(Tensor first, Tensor second)
    {
        var iou = IoU(first, second);
        var diagonal = Enclosing(first, second).square().sum(-1).clamp_min(Least);
        var distance = (Low(first) + High(first) - Low(second) - High(second)).square().sum(-1) / 4;
        var aspect = (Angle(second) - Angle(first)).square() * (4 / (Math.PI * Math.PI));
        var share = (aspect / (1 + Least - iou + aspect)).detach();
        return iou - distance / diagonal - share * aspect;
    }

    /// <summary>Every box of one list with every one of the other: M×4 and K×4 → M×K.</summary>
    public static Tensor Pairwise(Tensor first, Tensor second, Func<Tensor, Tensor, Tensor> overlap) => overlap(first.unsqueeze(1), second.unsqueeze(0));

    /// <summary>Centre and size, …×4, as x0 y0 x1 y1.</summary>
    public static Tensor FromCentre(Tensor boxes)
    {
        var (centre, half) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2) / 2);
        return cat([centre - half, centre + half], -1);
    }

    private static (Tensor IoU, Tensor Union) Shares(Tensor first, Tensor second)
    {
        var common = Product((minimum(High(first), High(second)) - maximum(Low(first), Low(second))).clamp_min(0));
        var union = (Product(High(first) - Low(first)) + Product(High(second) - Low(second)) - common).clamp_min(Least);
        return (common / union, union);
    }

    // Width and height.
    private static Tensor Enclosing(Tensor first, Tensor second) => maximum(High(first), High(second)) - minimum(Low(first), Low(second));

    private static Tensor Angle(Tensor boxes)
    {
        var size = High(boxes) - Low(boxes);
        return (size.select(-1, 0) / size.select(-1, 1).clamp_min(Least)).atan();
    }

    private static Tensor Low(Tensor boxes) => boxes.narrow(-1, 0, 2);

    private static Tensor High(Tensor boxes) => boxes.narrow(-1, 2, 2);

    private static Tensor Product(Tensor sides) => sides.select(-1, 0) * sides.select(-1, 1);
}
