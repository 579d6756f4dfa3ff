using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>How an ONNX detector takes images and gives what it found, where the file does not say it by itself.</summary>
public sealed class OnnxDetectorTeacherOptions
{
    private const int NumbersOfAnchor = 2;

    /// <summary>How the outputs are laid out.</summary>
    /// <value>Default: <see cref="DetectorOutputLayout.Auto"/>.</value>
    public DetectorOutputLayout Layout { get; init; }

    /// <summary>The outputs to look at.</summary>
    /// <value>Default: null, which is all of them.</value>
    public IReadOnlyList<string>? OutputNames { get; init => field = value?.ToArray(); }

    /// <summary>The classes in the order of the outputs, without a background or no-object class.</summary>
    /// <value>Default: null, which is those in the file's metadata, as this library and Ultralytics write them. Needed for files whose outputs don't tell how many classes there are.</value>
    public IReadOnlyList<string>? ClassNames { get; init => field = value?.ToArray(); }

    /// <summary>The label of the first class, where outputs hold labels.</summary>
    /// <value>0 or more. Default: null, which is 1 for <see cref="DetectorOutputLayout.TorchVision"/>, else 0.</value>
    public int? FirstLabel { get; init; }

    /// <summary>What the network expects of pixels.</summary>
    /// <value>
    /// Default: null, which is <see cref="ImageNormalization.Raw"/> for this library's files (they normalise inside), <see cref="ImageNormalization.ImageNet"/> for
    /// <see cref="DetectorOutputLayout.TorchVision"/>, <see cref="DetectorOutputLayout.Detr"/> and <see cref="DetectorOutputLayout.DetrSigmoid"/>, unless the graph subtracts a colour by itself before its first convolution, and
    /// <see cref="ImageNormalization.ZeroToOne"/> else.
    /// </value>
    public ImageNormalization? Normalization { get; init; }

    /// <summary>Order of the colour channels.</summary>
    /// <value>Default: <see cref="ChannelOrder.Rgb"/>.</value>
    public ChannelOrder Channels { get; init; }

    /// <summary>Order of the input's axes.</summary>
    /// <value>Default: <see cref="ImageLayout.Auto"/>.</value>
    public ImageLayout InputLayout { get; init; }

    /// <summary>What runs the network.</summary>
    /// <value>Default: <see cref="OnnxTeacherEngine.Auto"/>. No method learns from a detector's gradients.</value>
    public OnnxTeacherEngine Engine { get; init; }

    /// <summary>The input size, for files whose height and width are dynamic.</summary>
    /// <value>Default: null, which is the file's, or that of the pixels it is given where the file takes any.</value>
    public ImageSize? InputSize { get; init; }

    /// <summary>Anchors of a <see cref="DetectorOutputLayout.YoloV5"/> or <see cref="DetectorOutputLayout.YoloV5Raw"/> file, in pixels: for each level, finest first, width, height, width, height, …</summary>
    /// <value>
    /// Positive, for every level as many. Default: null, which is YOLOv5's for COCO, (10,13 16,30 33,23), (30,61 62,45 59,119), (116,90 156,198 373,326); those of a YOLOv7 are (12,16 19,36 40,28),
    /// (36,75 76,55 72,146), (142,110 192,243 459,401). Anchors that can't be those of a decoded output are noticed.
    /// </value>
    public IReadOnlyList<IReadOnlyList<float>>? Anchors { get; init => field = value?.Select(level => level.ToArray()).ToArray(); }

    /// <summary>Pixels of the input between the cells of each level, finest first.</summary>
    /// <value>As many as <see cref="Anchors"/> has levels. Default: null, which is 8, 16, 32, 64, …</value>
    public IReadOnlyList<int>? Strides { get; init => field = value?.ToArray(); }

    /// <summary>The inner feature maps to learn from, one for each level of the student's neck, finest first: names of tensors in the file, as <see cref="OnnxDetectorTeacher.Inspect"/> lists them.</summary>
    /// <value>Default: null, for none.</value>
    public IReadOnlyList<string>? FeatureNames { get; init => field = value?.ToArray(); }

    /// <summary>What is scored no higher is not taken for found.</summary>
    /// <value>0…1. Default: 0.001, low enough for measuring; labels are made of what is above <see cref="PseudoLabelOptions.ScoreThreshold"/>.</value>
    public double ScoreThreshold { get; init; } = .001;

    /// <summary>Of layouts that leave suppression to us: a box goes whose intersection over union with a better one of its class is above this.</summary>
    /// <value>0…1. Default: 0.6, YOLOv5's for measuring.</value>
    public double IouThreshold { get; init; } = .6;

    /// <summary>Of layouts that leave suppression to us: the most objects in an image.</summary>
    /// <value>At least 1. Default: 300.</value>
    public int MaximumDetections { get; init; } = 300;

    internal void Validate(string teacher, Faults faults)
    {
        faults.AddIf(OutputNames is { Count: 0 }, $"{teacher}: OutputNames is empty; name outputs, or leave it null for all.");
        faults.AddIf(FeatureNames is { Count: 0 }, $"{teacher}: FeatureNames is empty; name feature maps, or leave it null for none.");
        faults.AddIf(FeatureNames?.Any(string.IsNullOrEmpty) == true, $"{teacher}: FeatureNames holds an empty name; leave it out.");
        if (ClassNames is { } names && names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            faults.Add($"{teacher} has class names that are not distinct.");
        faults.AddIf(ClassNames is { Count: 0 }, $"{teacher}: ClassNames is empty; name the classes, or leave it null.");
        faults.AddIf(FirstLabel < 0, $"{teacher}: FirstLabel is {FirstLabel}; it must be 0 or more.");
        faults.AddIf(!(ScoreThreshold is >= 0 and <= 1), $"{teacher}: ScoreThreshold is {ScoreThreshold}; it must be in 0…1.");
        faults.AddIf(!(IouThreshold is >= 0 and <= 1), $"{teacher}: IouThreshold is {IouThreshold}; it must be in 0…1.");
        faults.AddIf(MaximumDetections < 1, $"{teacher}: MaximumDetections is {MaximumDetections}; it must be at least 1.");
        ValidateAnchors(teacher, faults);
    }

    private void ValidateAnchors(string teacher, Faults faults)
    {
        if (Anchors is { } anchors)
        {
            faults.AddIf(
                anchors.Count == 0 || anchors.Any(l => l.Count == 0 || l.Count % NumbersOfAnchor != 0 || l.Count != anchors[0].Count),
                $"{teacher}: Anchors has {string.Join(", ", anchors.Select(l => l.Count))} numbers in its levels; give every level as many, width and height of each anchor.");
            faults.AddIf(anchors.Any(l => l.Any(v => !(v > 0 && float.IsFinite(v)))), $"{teacher}: Anchors holds a size that is no positive number of pixels.");
        }
        if (Strides is not { } strides)
            return;
        faults.AddIf(strides.Any(s => s < 1), $"{teacher}: Strides are {string.Join(", ", strides)}; every one must be at least 1.");
        faults.AddIf(Anchors is null, $"{teacher}: Strides are given and Anchors are not; give both.");
        faults.AddIf(Anchors is { } given && given.Count != strides.Count, $"{teacher}: there are {strides.Count} Strides for {Anchors?.Count} levels of Anchors; give one for each.");
    }
}
