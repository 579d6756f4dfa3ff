using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Our detectors as losses and methods see them.</summary>
internal static class DetectorShapes
{
    /// <summary>What a detector gives for inputs of a size.</summary>
    public static DetectorShape Of(DetectorNetwork module, ImageSize input) => new(
        module.ClassCount,
        [.. module.NeckStages.Select((stage, level) => (Stage: stage, Cells: module.Anchors.Cells(level, input))).Select(m => new MapShape(m.Stage.Name, m.Stage.Channels, m.Cells.Height, m.Cells.Width))],
        module.IsYolo ? Grid(module.Anchors) : null);

    /// <summary>The anchors of a YOLO detector.</summary>
    public static AnchorGrid Grid(AnchorSet anchors) => new(
        [.. anchors.Strides.Zip(anchors.Sizes, (stride, sizes) => new AnchorLevel(stride, [.. sizes.Select(size => ((double)size[0], (double)size[1]))]))]);

    /// <summary>One forward.</summary>
    public static DetectionOutput Output(DetectorOutput output) => output.Levels[0].Raw is null
        ? new DetectionOutput([.. output.Levels.Select(level => level.Classes)], output.Neck) { Boxes = [.. output.Levels.Select(level => level.Boxes)] }
        : new DetectionOutput([.. output.Levels.Select(level => level.Raw!)], output.Neck);
}
