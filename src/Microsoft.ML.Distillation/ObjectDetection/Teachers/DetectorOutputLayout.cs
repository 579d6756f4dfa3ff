namespace Microsoft.ML.Distillation;

/// <summary>How a detector's ONNX file gives what it found. N images, C classes; boxes in pixels of the network's input unless said otherwise.</summary>
public enum DetectorOutputLayout
{
    /// <summary>
    /// Found from the outputs' names and shapes at one size. Of single outputs of three axes, N×63k×(5+C) with as many rows as the anchors have boxes is <see cref="YoloV5"/>, N×K×6 with at most 1000
    /// rows <see cref="EndToEnd"/>, and N×(4+C)×M with more places than numbers <see cref="YoloV8"/>; a DETR's logits are taken for <see cref="DetrSigmoid"/> where
    /// <see cref="OnnxDetectorTeacherOptions.ClassNames"/> has as many names, else for <see cref="Detr"/>; anything else is refused, not guessed.
    /// </summary>
    Auto,

    /// <summary>This library's own exports, told by their metadata.</summary>
    Distillation,

    /// <summary>
    /// YOLOv5 and YOLOv7, decoded: one output N×M×(5+C), centre x, centre y, width, height, objectness and class probabilities; M goes through the levels, finest first, each through its anchors,
    /// rows and columns. A class's score is objectness × probability. Raw predictions can be had of it: the decoding is undone.
    /// </summary>
    YoloV5,

    /// <summary>YOLOv5 and YOLOv7, raw: an output for each level, N×A×H×W×(5+C) or N×A·(5+C)×H×W, before any sigmoid.</summary>
    YoloV5Raw,

    /// <summary>YOLOv8 and YOLO11: one output N×(4+C)×M, centre x, centre y, width, height and class probabilities; no objectness.</summary>
    YoloV8,

    /// <summary>
    /// torchvision's detectors: <c>boxes</c> M×4 (x0 y0 x1 y1), <c>labels</c> M, from 1 on as 0 is the background, and <c>scores</c> M, for one image at a time; or, padded, N×K×4, N×K and N×K for a
    /// batch.
    /// </summary>
    TorchVision,

    /// <summary>
    /// DETR: <c>logits</c> N×Q×(C+1), the last one for no object, and <c>pred_boxes</c> N×Q×4, centre x, centre y, width and height as shares of the input. Scores are the softmax's; each query is
    /// taken for its likeliest class.
    /// </summary>
    Detr,

    /// <summary>
    /// Exports with the suppression inside: one output N×K×6, x0 y0 x1 y1 score class; or a count N×1, boxes N×K×4 (x0 y0 x1 y1), scores N×K and classes N×K.
    /// </summary>
    EndToEnd,

    /// <summary>
    /// Deformable DETR, DINO and RT-DETR: <c>logits</c> N×Q×C, of which each class has its sigmoid for itself, and <c>pred_boxes</c> N×Q×4 as for <see cref="Detr"/>. What scores best of all queries and
    /// classes is taken, <see cref="OnnxDetectorTeacherOptions.MaximumDetections"/> at most.
    /// </summary>
    DetrSigmoid,
}
