namespace Microsoft.ML.Distillation;

/// <summary>The order of an image tensor's axes.</summary>
public enum ImageLayout
{
    /// <summary>Found from the input's shape: the axis of length 3 is the channels.</summary>
    Auto,

    /// <summary>N×3×H×W, as PyTorch's exports.</summary>
    Nchw,

    /// <summary>N×H×W×3, as TensorFlow's exports.</summary>
    Nhwc,
}

/// <summary>The order of the colour channels.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red, as Caffe's and OpenCV's models.</summary>
    Bgr,
}

/// <summary>What a classifier's output holds.</summary>
public enum ScoreKind
{
    /// <summary>Probabilities where a softmax makes the output, or where the first rows look like it (0…1, sum 1); else logits.</summary>
    Auto,

    /// <summary>Scores before the softmax.</summary>
    Logits,

    /// <summary>Scores after the softmax; their logarithm serves as logits, which softmax turns back into the same probabilities.</summary>
    Probabilities,
}

/// <summary>How an ONNX classifier takes images and gives scores, where the file does not say it by itself.</summary>
public sealed class OnnxTeacherOptions
{
    /// <summary>What the network expects of pixels.</summary>
    /// <value>Default: null, which is <see cref="ImageNormalization.Raw"/> for files this library exported (they normalise inside) and
    /// <see cref="ImageNormalization.ImageNet"/> for all others.</value>
    public ImageNormalization? Normalization { get; init; }

    /// <summary>The classes in the order of the outputs.</summary>
    /// <value>Default: null, which is those in the file's metadata if this library exported it, else not known: then the order must be that of the labels'
    /// keys, which is checked on labelled images before training.</value>
    public IReadOnlyList<string>? ClassNames { get; init => field = value?.ToArray(); }

    /// <summary>The input for the image.</summary>
    /// <value>Default: null, which is the only input there is.</value>
    public string? InputName { get; init; }

    /// <summary>The output with the class scores.</summary>
    /// <value>Default: null, which is the only N×C output, or among several the one named <c>logits</c>.</value>
    public string? OutputName { get; init; }

    /// <summary>Order of the input's axes.</summary>
    /// <value>Default: <see cref="ImageLayout.Auto"/>.</value>
    public ImageLayout Layout { get; init; }

    /// <summary>Order of the colour channels.</summary>
    /// <value>Default: <see cref="ChannelOrder.Rgb"/>.</value>
    public ChannelOrder Channels { get; init; }

    /// <summary>What the scores are.</summary>
    /// <value>Default: <see cref="ScoreKind.Auto"/>.</value>
    public ScoreKind Scores { get; init; }

    /// <summary>What runs the network.</summary>
    /// <value>Default: <see cref="OnnxTeacherEngine.Auto"/>.</value>
    public OnnxTeacherEngine Engine { get; init; }

    /// <summary>The input size, for files whose height and width are dynamic.</summary>
    /// <value>Default: null, which is the file's, or the student's where the file takes any.</value>
    public ImageSize? InputSize { get; init; }

    /// <summary>The inner feature maps to learn from, shallowest first: names of tensors in the file, as <see cref="OnnxTeacher.Inspect"/> lists them.</summary>
    /// <value>
    /// Default: null, which is the last map before each change of spatial size, and the deepest. A change is a fall of height or width by a quarter or more. The last map of a size is the last one
    /// that every path from the image runs through: of residual blocks the sum, activated where it is, not what is inside a block; where no map of a size is like that, the last one computed.
    /// Maps of one place, and what comes before the first convolution, don't count.
    /// </value>
    public IReadOnlyList<string>? FeatureNames { get; init => field = value?.ToArray(); }

    /// <summary>The vector before the classifier: a tensor in the file, N×D. Of N×C×H×W the mean over places is taken, of N×T×D the mean over tokens.</summary>
    /// <value>
    /// Default: null, which is what the last Gemm, MatMul or convolution on the way to the scores is given; where the scores, or the only output of a backbone, are pooled after the last of these,
    /// the pooled vector.
    /// </value>
    public string? EmbeddingName { get; init; }
}
