using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The architecture of a student that classifies images, and optionally weights to start from. Architectures take images of any size
/// and any number of classes.
/// </summary>
/// <remarks>
/// Those for small images are the networks that the distillation literature compares on; names and widths follow RepDistiller. Those for photographs are the
/// ImageNet networks. All take N×3×H×W and give a feature map after each stage, at strides that each of them states, and an embedding: the vector that the last
/// linear layer turns into logits. Dropout, where the original has it ahead of that layer, is left out.
/// </remarks>
public sealed partial class ImageClassifier
{
    private static IReadOnlyList<ImageClassifier>? _all;
    private readonly Func<int, ClassifierModule> _create;
    private readonly int _side;
    private readonly StudentFile? _startingPoint;

    private ImageClassifier(string name, int side, Func<int, ClassifierModule> create, StudentFile? startingPoint = null)
    {
        Name = name;
        _side = side;
        _create = create;
        _startingPoint = startingPoint;
    }

    /// <summary>All architectures: those for small images first, then those for photographs.</summary>
    public static IReadOnlyList<ImageClassifier> All => _all ??=
    [
        ResNet8, ResNet14, ResNet20, ResNet32, ResNet44, ResNet56, ResNet110, ResNet8x4, ResNet32x4, ResNet50Cifar,
        WideResNet16x1, WideResNet16x2, WideResNet40x1, WideResNet40x2, Vgg8, Vgg13, MobileNetV2Cifar, ShuffleNetV1Cifar, ShuffleNetV2Cifar,
        ResNet18, ResNet34, ResNet50, MobileNetV2, MobileNetV3Small, MobileNetV3Large, EfficientNetLite0,
    ];

    /// <summary>The architecture's name, as written into an exported model: <c>resnet20</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// The input size used where the options name none: 32×32 pixels for small images, 224×224 for photographs, or that of the file a warm start was read from.
    /// </summary>
    public ImageSize DefaultImageSize => _startingPoint?.ImageSize ?? new ImageSize(_side, _side);

    /// <summary>The file this student starts from; null when it starts from random weights.</summary>
    internal StudentFile? StartingPoint => _startingPoint;

    /// <summary>Finds an architecture by its name, such as <c>resnet20</c>, without regard to case.</summary>
    /// <param name="name">One of the names in <see cref="All"/>.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ArgumentException">No architecture has that name; the message lists those there are.</exception>
    public static ImageClassifier Parse(string name) =>
        Find(name) ?? throw new ArgumentException($"Student '{name}' is not known. Choose one of: {string.Join(", ", All.Select(a => a.Name))}.", nameof(name));

    /// <summary>
    /// A warm start: the student an earlier run exported (by <see cref="ImageClassificationDistillationTransformer.SaveAsOnnx(string)"/>), with its weights
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

    /// <summary>Whether an architecture has that name.</summary>
    internal static bool Knows(string name) => Find(name) is not null;

    /// <summary>Makes the module: random weights by the seed, or those of the file it starts from.</summary>
    internal ClassifierModule CreateModule(IReadOnlyList<string> classNames, long seed)
    {
        var module = CreateBlank(classNames.Count);
        if (_startingPoint is null)
            WeightInitializer.Initialize(module, seed);
        else
            _startingPoint.CopyInto(module, classNames);
        return module;
    }

    /// <summary>Makes the module with all weights at their neutral values.</summary>
    internal ClassifierModule CreateBlank(int classCount) => _create(classCount);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ImageClassifier FromFile(StudentFile file)
    {
        file.CheckTrainable();
        if (file.Exit is { } stage)
            throw new InvalidDataException($"{file.Source} is an early exit of a {file.Architecture}, which ends after {stage}: only whole students can be trained further. Start from the student it came from, or use the file as an OnnxTeacher.");
        if (ObjectDetector.Knows(file.Architecture))
            throw new InvalidDataException($"{file.Source} holds a detector, {file.Architecture}; expected a classifier. Read it with ObjectDetector.FromOnnx.");
        var known = Find(file.Architecture) ?? throw new InvalidDataException($"{file.Source} holds a student '{file.Architecture}', which this version of the library does not know; "
            + $"it knows {string.Join(", ", All.Select(a => a.Name))}. Use the version that exported it, or the file as a teacher.");
        return new(known.Name, known._side, known._create, file);
    }

    private static ImageClassifier? Find(string name) => All.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
