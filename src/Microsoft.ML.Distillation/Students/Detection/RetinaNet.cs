namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// RetinaNet (Lin et al., "Focal loss for dense object detection", 2017, https://arxiv.org/abs/1708.02002): a ResNet, a feature pyramid at strides 8 to 128, and two
/// heads that all its levels share, with nine anchors in each cell.
/// </summary>
/// <remarks>
/// In torchvision's form: P6 comes from P5, where the paper has it from the backbone's last map; anchors are centred on (column, row) · stride. Unlike there, anchors
/// keep their exact sizes, strides are 8 to 128 at every image size, and all BatchNorm layers are trained.
/// </remarks>
internal static class RetinaNet
{
    /// <summary>Channels of the pyramid, as published.</summary>
    public const int PublishedWidth = 256;

    /// <param name="depth">Layers of the ResNet: 18, 34 or 50.</param>
    /// <param name="width">Channels of the pyramid and the heads.</param>
    public static DetectorModule Create(int depth, int width, int classCount, AnchorSet anchors)
    {
        var stages = ImageNetResNet.Body(depth);
        var neck = new PyramidNeck([.. stages[^3..].Select(s => s.Info.Channels)], width);
        return new DetectorModule(nameof(RetinaNet), stages, neck, new RetinaHead(width, classCount, anchors));
    }
}
