using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The architecture of a student that classifies images, and optionally weights to start from. Architectures take images of any size
/// and any number of classes.
/// </summary>
/// <remarks>
/// The CIFAR ResNets (He et al., "Deep residual learning for image recognition", 2015, https://arxiv.org/abs/1512.03385) are those the
/// distillation literature compares on; names and widths follow RepDistiller. Input N×3×H×W; feature maps after the stem and after each of
/// the three groups, at strides 1, 1, 2, 4; the embedding is the last map, averaged over space.
/// </remarks>
public sealed class ImageClassifier
{
    private static readonly int[] Narrow = [16, 16, 32, 64];
    private static readonly int[] Wide = [32, 64, 128, 256];
    private readonly Func<int, ClassifierModule> _create;
    private readonly StudentFile? _startingPoint;

    private ImageClassifier(string name, Func<int, ClassifierModule> create, StudentFile? startingPoint = null)
    {
        Name = name;
        _create = create;
        _startingPoint = startingPoint;
    }

    /// <summary>CIFAR ResNet of depth 8, channels 16-16-32-64: 78,042 parameters at 10 classes.</summary>
    public static ImageClassifier ResNet8 { get; } = Cifar("resnet8", 8, Narrow);

    /// <summary>CIFAR ResNet of depth 14, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet14 { get; } = Cifar("resnet14", 14, Narrow);

    /// <summary>CIFAR ResNet of depth 20, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet20 { get; } = Cifar("resnet20", 20, Narrow);

    /// <summary>CIFAR ResNet of depth 32, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet32 { get; } = Cifar("resnet32", 32, Narrow);

    /// <summary>CIFAR ResNet of depth 44, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet44 { get; } = Cifar("resnet44", 44, Narrow);

    /// <summary>CIFAR ResNet of depth 56, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet56 { get; } = Cifar("resnet56", 56, Narrow);

    /// <summary>CIFAR ResNet of depth 110, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet110 { get; } = Cifar("resnet110", 110, Narrow);

    /// <summary>CIFAR ResNet of depth 8, four times as wide: channels 32-64-128-256.</summary>
    public static ImageClassifier ResNet8x4 { get; } = Cifar("resnet8x4", 8, Wide);

    /// <summary>CIFAR ResNet of depth 32, four times as wide: channels 32-64-128-256.</summary>
    public static ImageClassifier ResNet32x4 { get; } = Cifar("resnet32x4", 32, Wide);

    /// <summary>All architectures, smallest depth first.</summary>
    public static IReadOnlyList<ImageClassifier> All { get; } =
        [ResNet8, ResNet14, ResNet20, ResNet32, ResNet44, ResNet56, ResNet110, ResNet8x4, ResNet32x4];

    /// <summary>The architecture's name, as written into an exported model: <c>resnet20</c>.</summary>
    public string Name { get; }

    /// <summary>The input size used where the options name none: 32×32 pixels, or that of the file a warm start was read from.</summary>
    public ImageSize DefaultImageSize => _startingPoint?.ImageSize ?? new ImageSize(32, 32);

    /// <summary>The file this student starts from; null when it starts from random weights.</summary>
    internal StudentFile? StartingPoint => _startingPoint;

    /// <summary>Finds an architecture by its name, such as <c>resnet20</c>, without regard to case.</summary>
    /// <param name="name">One of the names in <see cref="All"/>.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ArgumentException">No architecture has that name; the message lists those there are.</exception>
    public static ImageClassifier Parse(string name) =>
        Find(name) ?? throw new ArgumentException($"Student '{name}' is not known. Choose one of: {string.Join(", ", All.Select(a => a.Name))}.", nameof(name));

    /// <summary>
    /// A warm start: the student an earlier run exported (by <see cref="ImageClassificationDistillationTransformer.SaveAsOnnx"/>), with its weights
    /// and BatchNorm statistics, bit for bit. Its classes must be those of the data it goes on with; they are matched by name.
    /// </summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <returns>The architecture with weights.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or was not exported by this library.</exception>
    public static ImageClassifier FromOnnx(string path) => FromFile(StudentFile.Read(OnnxModelFile.FromPath(path)));

    /// <summary>A warm start from the bytes of an exported student; see <see cref="FromOnnx(string)"/>.</summary>
    /// <param name="model">The bytes of the <c>.onnx</c> file.</param>
    /// <returns>The architecture with weights.</returns>
    /// <exception cref="InvalidDataException">The bytes are not ONNX, or were not exported by this library.</exception>
    public static ImageClassifier FromOnnx(byte[] model) => FromFile(StudentFile.Read(OnnxModelFile.FromBytes(model, "student (from bytes)")));

    /// <summary>Makes the module: random weights by the seed, or those of the file it starts from.</summary>
    internal ClassifierModule CreateModule(IReadOnlyList<string> classNames, long seed)
    {
        var module = _create(classNames.Count);
        if (_startingPoint is null)
            WeightInitializer.Initialize(module, seed);
        else
            _startingPoint.CopyInto(module, classNames);
        return module;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ImageClassifier FromFile(StudentFile file)
    {
        if (file.Exit is { } stage)
            throw new InvalidDataException($"{file.Source} is an early exit of a {file.Architecture}, which ends after {stage}: only whole students can be trained further. Start from the student it came from, or use the file as an OnnxTeacher.");
        var known = Find(file.Architecture) ?? throw new InvalidDataException($"{file.Source} holds a student '{file.Architecture}', which this version of the library does not know; "
            + $"it knows {string.Join(", ", All.Select(a => a.Name))}. Use the version that exported it, or the file as a teacher.");
        return new(known.Name, known._create, file);
    }

    private static ImageClassifier? Find(string name) => All.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ImageClassifier Cifar(string name, int depth, int[] widths) => new(name, classes => new CifarResNet(depth, widths, classes));
}
