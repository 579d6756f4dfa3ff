using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The architecture of a student that finds objects in images, and optionally weights to start from. Architectures take images of any height and width that
/// are multiples of 32, and any number of classes.
/// </summary>
/// <remarks>
/// All measure boxes from anchors, boxes of set sizes in every cell of a few grids. Sizes that suit a data set better than the published ones can be given when
/// the network is made. Non-maximum suppression is a part of the exported model.
/// </remarks>
public sealed partial class ObjectDetector
{
    private static IReadOnlyList<ObjectDetector>? _all;
    private readonly Func<int, AnchorSet, DetectorModule> _create;
    private readonly AnchorSet _anchors;
    private readonly DetectorFile? _startingPoint;

    private ObjectDetector(string name, AnchorSet anchors, Func<int, AnchorSet, DetectorModule> create, DetectorFile? startingPoint = null) =>
        (Name, _anchors, _create, _startingPoint) = (name, anchors, create, startingPoint);

    /// <summary>The architecture's name, as written into an exported model: <c>yolov5n</c>.</summary>
    public string Name { get; }

    /// <summary>The input size used where the options name none: 640×640 pixels, or that of the file a warm start was read from.</summary>
    public ImageSize DefaultImageSize => _startingPoint?.Student.ImageSize ?? new ImageSize(640, 640);

    /// <summary>The file this student starts from; null when it starts from random weights.</summary>
    internal DetectorFile? StartingPoint => _startingPoint;

    /// <summary>Whether it is a YOLO, whose anchors may be any sizes, rather than a RetinaNet.</summary>
    internal bool IsYolo => Name.StartsWith("yolo", StringComparison.Ordinal);

    /// <summary>The anchors it has unless others are given: the published ones, or those of the file it starts from.</summary>
    internal AnchorSet DefaultAnchors => _anchors;

    /// <summary>Finds an architecture by its name, such as <c>yolov5n</c>, without regard to case.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, or a RetinaNet's of another width, <c>retinanet_resnet18_w128</c>.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ArgumentException">No architecture has that name; the message lists those there are.</exception>
    public static ObjectDetector Parse(string name) =>
        Find(name) ?? throw new ArgumentException($"Detector '{name}' is not known. Choose one of: {string.Join(", ", All.Select(a => a.Name))}.", nameof(name));

    /// <summary>
    /// A warm start: a detector that this library exported, with its weights and BatchNorm statistics, bit for bit, and its anchors. Classes are matched by name:
    /// those it knows keep what it learned of them, others start anew.
    /// </summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <returns>The architecture with weights.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, was not exported by this library, or holds no detector.</exception>
    public static ObjectDetector FromOnnx(string path) => FromFile(DetectorFile.Read(OnnxModelFile.FromPath(path)));

    /// <summary>A warm start from the bytes of an exported detector; see <see cref="FromOnnx(string)"/>.</summary>
    /// <param name="model">The bytes of the <c>.onnx</c> file.</param>
    /// <returns>The architecture with weights.</returns>
    /// <exception cref="InvalidDataException">The bytes are not ONNX, were not exported by this library, or hold no detector.</exception>
    public static ObjectDetector FromOnnx(byte[] model) => FromFile(DetectorFile.Read(OnnxModelFile.FromBytes(model, "detector (from bytes)")));

    /// <summary>Whether an architecture has that name.</summary>
    internal static bool Knows(string name) => Find(name) is not null;

    /// <summary>Makes the module: random weights by the seed, and over them those of the file it starts from.</summary>
    /// <param name="anchors">Anchors in place of <see cref="DefaultAnchors"/>.</param>
    internal DetectorModule CreateModule(IReadOnlyList<string> classNames, long seed, AnchorSet? anchors = null)
    {
        var module = CreateBlank(classNames.Count, anchors);
        module.Initialize(seed);
        _startingPoint?.CopyInto(module, classNames);
        return module;
    }

    /// <summary>Makes the module with all weights at their neutral values.</summary>
    internal DetectorModule CreateBlank(int classCount, AnchorSet? anchors = null) => _create(classCount, anchors ?? _anchors);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ObjectDetector FromFile(DetectorFile file)
    {
        var known = Find(file.Student.Architecture) ?? throw new InvalidDataException($"{file.Student.Source} holds a student '{file.Student.Architecture}', which this version of "
            + $"the library does not know as a detector; it knows {string.Join(", ", All.Select(a => a.Name))}. Use the version that exported it.");
        return new(known.Name, file.Anchors, known._create, file);
    }

    private static ObjectDetector? Find(string name) => All.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? FindWidth(name);
}
