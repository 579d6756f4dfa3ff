using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation;

/// <summary>Options of <see cref="ObjectDetectionDistillationTrainer"/>. They are checked once, all faults together, and never changed.</summary>
public sealed partial class ObjectDetectionDistillationOptions : DistillationOptions
{
    private static readonly WarmUpCosine _usualSchedule = new() { WarmUpEpochs = 3, FinalFactor = .01 };
    private IList<DetectionMethod> _methods = [];

    /// <summary>What is on an image: a vector of keys with key values, one for each object; empty for an image without objects.</summary>
    /// <value>
    /// Default: <c>Label</c>. Null, together with <see cref="BoundingBoxColumnName"/>, for images without labels: all that is learned is what the <see cref="Teacher"/> finds
    /// (<see cref="PseudoLabels"/>), and the classes are the teacher's, in its order.
    /// </value>
    public string? LabelColumnName { get; init; } = "Label";

    /// <summary>Where it is: a vector of float, x0 y0 x1 y1 of each object in the order of the labels, in pixels of the original image.</summary>
    /// <value>Default: <c>BoundingBoxes</c>. Null for images without labels.</value>
    public string? BoundingBoxColumnName { get; init; } = "BoundingBoxes";

    /// <summary>The labels of the validation data, with the same key values.</summary>
    /// <value>Default: null, for <see cref="LabelColumnName"/>. Needed where that is null and there is validation data; its key values are then the teacher's classes, in its order.</value>
    public string? ValidationLabelColumnName { get; init; }

    /// <summary>The boxes of the validation data.</summary>
    /// <value>Default: null, for <see cref="BoundingBoxColumnName"/>. Needed where that is null and there is validation data.</value>
    public string? ValidationBoundingBoxColumnName { get; init; }

    /// <summary>
    /// What becomes of objects of the training and validation data that can't be used: those without a label, and those whose box is not of numbers, inverted, without area, or outside the image. Boxes that
    /// reach beyond the image are cut off at its edges in any case.
    /// </summary>
    /// <value>
    /// Default: <see cref="BadObjects.Refuse"/>, for which a row with one is bad as a whole (<see cref="DistillationOptions.BadImages"/>). With <see cref="BadObjects.Drop"/> such objects alone are left out;
    /// what there is to see of them, of an object without a label for one, then counts as background.
    /// </value>
    public BadObjects BadObjects { get; init; }

    /// <summary>Output: the class of each object found, a vector of keys with the label's key values; empty where nothing is found.</summary>
    /// <value>Default: <c>PredictedLabel</c>.</value>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>Output: how sure the student is of each, 0…1, best first.</summary>
    /// <value>Default: <c>Score</c>.</value>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Output: x0 y0 x1 y1 of each, in pixels of the original image.</summary>
    /// <value>Default: <c>PredictedBoundingBoxes</c>.</value>
    public string PredictedBoundingBoxColumnName { get; init; } = "PredictedBoundingBoxes";

    /// <summary>The model to learn from; null trains the student alone, which is the baseline to compare with.</summary>
    /// <value>Default: null.</value>
    public DetectorTeacher? Teacher { get; init; }

    /// <summary>The model to train.</summary>
    /// <value>Default: <see cref="ObjectDetector.YoloV5n"/>.</value>
    public ObjectDetector Student { get; init; } = ObjectDetector.YoloV5n;

    /// <summary>How the student learns from more than its labels and boxes; they add up.</summary>
    /// <value>Default: none, which suits a run without a teacher.</value>
    public IList<DetectionMethod> Methods { get => _methods; init => _methods = value; }

    /// <summary>
    /// Train on what the teacher finds on the training images, before they are augmented: instead of their labels, or beside them for objects that nobody labelled. Validation images keep the labels they have.
    /// The teacher's classes are matched by name; those the labels' key values don't have are left out.
    /// </summary>
    /// <value>Default: null, for the labels as they are. It needs a <see cref="Teacher"/>, or one of its own.</value>
    public PseudoLabelOptions? PseudoLabels { get; init; }

    /// <summary>
    /// Looks at the teacher before training: does it find what the labels say, and is it given its pixels and classes as it expects them? What is found goes to ML.NET's log, warnings among it, and into
    /// the report; it never stops a run. Without a teacher, or without labels, it has no effect. Each image is looked at once, and unless the
    /// teacher is right on nearly all of them anyway, a quarter, 16 at least, with every other normalisation and with red and blue swapped.
    /// </summary>
    /// <value>Default: on, with 64 images. Null switches it off.</value>
    public CheckupOptions? Checkup { get; init; } = new() { SampleRows = 64 };

    /// <summary>Size the student works at. Images of other sizes and shapes are padded to fit (<c>IsoPad</c>).</summary>
    /// <value>Multiples of 32 across and down; default null, which is the teacher's where it takes one alone and a method learns from its predictions or feature maps, else the student's: 640×640, or that of the file it starts from.</value>
    public ImageSize? ImageSize { get; init; }

    /// <summary>What the student does with pixels before its first layer; it becomes part of the model.</summary>
    /// <value>Default: null, which is <see cref="ImageNormalization.ZeroToOne"/>, or for a warm start that which the student was trained with.</value>
    public ImageNormalization? Normalization { get; init; }

    /// <summary>
    /// Fits a YOLO student's anchors to the sizes of the training boxes, by k-means and changes by chance as YOLOv5 does, and takes them where they fit better than the student's own; the report and ML.NET's log tell
    /// the best possible recall of both (<see cref="TrainingReport.Anchors"/>). Where no box has a side of two pixels of the input, the student keeps its own, with a warning. A student that starts
    /// from a file keeps its anchors, and one that learns from a YOLO teacher's predictions, or begins with its weights, takes the teacher's.
    /// </summary>
    /// <value>Default: true. It has no effect on a RetinaNet.</value>
    public bool FitAnchors { get; init; } = true;

    /// <summary>The loss of a YOLO student by the objects on the images.</summary>
    /// <value>Default: YOLOv5's. It has no effect on a RetinaNet.</value>
    public YoloLossOptions YoloLoss { get; init; } = new();

    /// <summary>The loss of a RetinaNet student by the objects on the images.</summary>
    /// <value>Default: RetinaNet's. It has no effect on a YOLO.</value>
    public RetinaNetLossOptions RetinaNetLoss { get; init; } = new();

    /// <summary>Images in a training step. The images left over at an epoch's end are left out of that epoch; a batch has all images where there are fewer.</summary>
    /// <value>At least 1, and at least 2 where <see cref="ImageSize"/> is 32×32; default 16.</value>
    public override int BatchSize { get; init; } = 16;

    /// <summary>Times through the training images.</summary>
    /// <value>At least 1; default 100. From random weights on a large data set, YOLOv5 takes 300.</value>
    public override int Epochs { get; init; } = 100;

    /// <summary>How weights are moved along their gradients.</summary>
    /// <value>Default: YOLOv5's: <see cref="SgdOptions"/> with learning rate 0.01, momentum 0.937, Nesterov, and weight decay 5e-4 but of vectors.</value>
    public override OptimizerOptions Optimizer { get; init; } = new SgdOptions { LearningRate = .01, Momentum = .937, WeightDecay = 5e-4, DecayVectors = false };

    /// <summary>The learning rate's course.</summary>
    /// <value>
    /// Default: <see cref="WarmUpCosine"/>, three epochs of warm-up, or all but one in runs of no more than three, then down to a hundredth. Unlike YOLOv5's, biases warm up with all else.
    /// </value>
    public override LearningRateSchedule Schedule
    {
        get => ReferenceEquals(field, _usualSchedule) ? new WarmUpCosine { WarmUpEpochs = Math.Clamp(Epochs - 1, 0, _usualSchedule.WarmUpEpochs), FinalFactor = _usualSchedule.FinalFactor } : field;
        init;
    } = _usualSchedule;

    /// <summary>A running mean of the weights, which is validated and returned in place of the last ones.</summary>
    /// <value>Default: on, as in YOLOv5. Null for the weights themselves.</value>
    public override WeightAverageOptions? WeightAverage { get; init; } = new();

    /// <summary>Random changes to training images and the boxes on them.</summary>
    /// <value>Default: YOLOv5's, mosaic among them.</value>
    public DetectionAugmentation Augmentation { get; init; } = new();

    /// <summary>An object is given out where its score is above this. Part of the model; measuring goes by lower scores too.</summary>
    /// <value>0 to 1; default 0.25.</value>
    public double ScoreThreshold { get; init; } = .25;

    /// <summary>Of two boxes of one class whose intersection over union is above this, the one scored lower goes (non-maximum suppression). Part of the model.</summary>
    /// <value>0 to 1; default 0.45.</value>
    public double IouThreshold { get; init; } = .45;

    /// <summary>The most objects given out for an image. Part of the model.</summary>
    /// <value>At least 1; default 300.</value>
    public int MaxDetections { get; init; } = 300;
}
