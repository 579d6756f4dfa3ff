using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>How an ONNX classifier takes images and gives scores, read from its graph.</summary>
/// <param name="Output">The class scores; null for a backbone, which has none.</param>
/// <param name="Batch">The only batch size it takes; null for any.</param>
/// <param name="InputSize">The only input size it takes; null for any.</param>
/// <param name="ClassCount">Length of a row of scores; null where the file does not say.</param>
internal sealed record OnnxClassifierShape(
    string Input, string? Output, bool ChannelsLast, int? Batch, ImageSize? InputSize, int? ClassCount, bool EndsInSoftmax)
{
    /// <param name="needsScores">Whether a file without class scores is refused.</param>
    public static OnnxClassifierShape Find(OnnxModelFile file, OnnxTeacherOptions options, bool needsScores = true)
    {
        var input = Choose(file, "input", file.Inputs, options.InputName, _ => true, preferred: null)!;
        var output = Choose(file, "output", file.Outputs, options.OutputName, LooksLikeScores, preferred: "logits", needsScores);
        var dims = input.Dimensions;
        if (input.ElementType != OnnxElementType.Float || dims is { Count: not 4 })
            throw new InvalidDataException($"{file.Source}: input {input} is not a batch of images; a float tensor N×3×H×W or N×H×W×3 is needed.");
        if (Size(dims, 0) == 0)
            throw new InvalidDataException($"{file.Source}: input {input} takes batches of 0 images; export the model with a batch of 1 or more, or of any size.");
        var channelsLast = HasChannelsLast(file, input, options.Layout);
        var (height, width) = channelsLast ? (Size(dims, 1), Size(dims, 2)) : (Size(dims, 2), Size(dims, 3));
        var size = InputSizeOf(file, input, width, height, options.InputSize);
        var classes = output?.Dimensions is { Count: >= 2 } scores ? Size(scores, 1) : null;
        return new(input.Name, output?.Name, channelsLast, Size(dims, 0), size, classes, output is not null && EndsInSoftmaxNode(file, output.Name));
    }

    private static OnnxValue? Choose(
        OnnxModelFile file, string what, IReadOnlyList<OnnxValue> all, string? wanted, Func<OnnxValue, bool> fits, string? preferred, bool required = true)
    {
        var list = all.Count == 0 ? "none" : string.Join(", ", all);
        if (wanted is not null)
            return all.FirstOrDefault(v => v.Name == wanted) ?? throw new InvalidDataException($"{file.Source} has no {what} named '{wanted}'; it has {list}.");
        var fitting = all.Where(fits).ToList();
        if (fitting.Count > 1 && fitting.FirstOrDefault(v => v.Name == preferred) is { } named)
            return named;
        if (fitting.Count == 1)
            return fitting[0];
        if (!required)
            return null;
        var option = what == "input" ? nameof(OnnxTeacherOptions.InputName) : nameof(OnnxTeacherOptions.OutputName);
        throw new InvalidDataException(fitting.Count == 0
            ? $"{file.Source} has no {what} that a classifier of images would have; it has {list}."
            : $"{file.Source} has more than one possible {what}: {list}. Name the right one: OnnxTeacherOptions.{option}.");
    }

    private static bool LooksLikeScores(OnnxValue value) => value.ElementType == OnnxElementType.Float
        && (value.Dimensions is null or { Count: 2 } || (value.Dimensions.Count == 4 && Size(value.Dimensions, 2) == 1 && Size(value.Dimensions, 3) == 1));

    private static bool HasChannelsLast(OnnxModelFile file, OnnxValue input, ImageLayout layout)
    {
        if (layout != ImageLayout.Auto)
        {
            var axis = layout == ImageLayout.Nhwc ? 3 : 1;
            return Size(input.Dimensions, axis) is null or 3
                ? layout == ImageLayout.Nhwc
                : throw new InvalidDataException($"{file.Source}: input {input} has no 3 channels on axis {axis}, as layout {layout} says.");
        }
        var (first, last) = (Size(input.Dimensions, 1), Size(input.Dimensions, 3));
        return (first, last) switch
        {
            (3, not 3) => false,
            (not 3, 3) => true,
            (3, 3) or (null, null) => throw new InvalidDataException(
                $"{file.Source}: input {input} does not tell which axis holds the channels; set OnnxTeacherOptions.Layout to Nchw or Nhwc."),
            _ => throw new InvalidDataException($"{file.Source}: input {input} has no axis of 3 channels; a network for RGB images is needed."),
        };
    }

    private static ImageSize? InputSizeOf(OnnxModelFile file, OnnxValue input, int? width, int? height, ImageSize? wanted)
    {
        if (wanted is { } size)
        {
            if (size.Width < 1 || size.Height < 1)
                throw new InvalidDataException($"{file.Source}: OnnxTeacherOptions.InputSize is {size}; both sides must be at least 1 pixel.");
            return (width ?? size.Width) == size.Width && (height ?? size.Height) == size.Height
                ? size
                : throw new InvalidDataException($"{file.Source}: input {input} takes {width}×{height} pixels; OnnxTeacherOptions.InputSize says {size}.");
        }
        if (width is null && height is null)
            return null;
        return width is > 0 && height is > 0
            ? new ImageSize(width.Value, height.Value)
            : throw new InvalidDataException($"{file.Source}: input {input} fixes only one of width and height, or to an impossible size; set OnnxTeacherOptions.InputSize.");
    }

    private static bool EndsInSoftmaxNode(OnnxModelFile file, string output)
    {
        var nodes = file.Model.Graph.Node;
        var name = output;
        for (var steps = 0; steps < nodes.Count; steps++) // a damaged file's nodes may run in a circle
        {
            var node = nodes.FirstOrDefault(n => n.Output.Contains(name));
            if (node is null || node.OpType == "Softmax")
                return node is not null;
            if (node.OpType is not ("Identity" or "Cast" or "Flatten" or "Reshape" or "Squeeze") || node.Input.Count == 0)
                return false;
            name = node.Input[0];
        }
        return false;
    }

    private static int? Size(IReadOnlyList<OnnxDimension>? dimensions, int axis) =>
        dimensions?[axis].Size is { } size and >= 0 and <= int.MaxValue ? (int)size : null;
}
