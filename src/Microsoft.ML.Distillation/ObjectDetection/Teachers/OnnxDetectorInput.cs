using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>How an ONNX detector takes images.</summary>
/// <param name="Batched">Whether there is a batch axis: torchvision's own exports take a single image, 3×H×W.</param>
/// <param name="Batch">The only batch size it takes; null for any.</param>
/// <param name="Size">The only input size it takes; null for any.</param>
internal sealed record OnnxDetectorInput(string Name, bool Batched, bool ChannelsLast, int? Batch, ImageSize? Size)
{
    public static OnnxDetectorInput Find(OnnxModelFile file, OnnxDetectorTeacherOptions options)
    {
        if (file.Inputs.Count != 1)
        {
            throw new InvalidDataException(
                $"{file.Source} has {file.Inputs.Count} inputs ({string.Join(", ", file.Inputs)}); a detector's image must be the only one: export the model without masks and sizes among its inputs.");
        }
        var input = file.Inputs[0];
        if (input.ElementType != OnnxElementType.Float || input.Dimensions is not { Count: 3 or 4 } dims)
            throw new InvalidDataException($"{file.Source}: input {input} is no image; a float tensor N×3×H×W, N×H×W×3 or 3×H×W is needed.");
        var batched = dims.Count == 4;
        var axes = batched ? dims.Skip(1).ToList() : [.. dims];
        var channelsLast = HasChannelsLast(file, input, axes, options.InputLayout);
        var (height, width) = channelsLast ? (Length(axes[0]), Length(axes[1])) : (Length(axes[1]), Length(axes[2]));
        var batch = batched ? Length(dims[0]) : 1;
        return batch == 0
            ? throw new InvalidDataException($"{file.Source}: input {input} takes batches of 0 images; export the model with a batch of 1 or more, or of any size.")
            : new(input.Name, batched, channelsLast, batch, SizeOf(file, input, width, height, options.InputSize));
    }

    /// <summary>Shape of the input for some images.</summary>
    public long[] Shape(long images, ImageSize size)
    {
        long[] image = ChannelsLast ? [size.Height, size.Width, 3] : [3, size.Height, size.Width];
        return Batched ? [images, .. image] : image;
    }

    private static bool HasChannelsLast(OnnxModelFile file, OnnxValue input, List<OnnxDimension> axes, ImageLayout layout)
    {
        var (first, last) = (Length(axes[0]), Length(axes[2]));
        return layout switch
        {
            ImageLayout.Nchw when first is null or 3 => false,
            ImageLayout.Nhwc when last is null or 3 => true,
            ImageLayout.Auto when first == 3 && last != 3 => false,
            ImageLayout.Auto when first != 3 && last == 3 => true,
            ImageLayout.Auto when first is null or 3 && last is null or 3 => throw new InvalidDataException(
                $"{file.Source}: input {input} does not tell which axis holds the channels; set OnnxDetectorTeacherOptions.InputLayout to Nchw or Nhwc."),
            _ => throw new InvalidDataException($"{file.Source}: input {input} has no 3 channels where InputLayout {layout} looks for them; a network for RGB images is needed."),
        };
    }

    private static ImageSize? SizeOf(OnnxModelFile file, OnnxValue input, int? width, int? height, ImageSize? wanted)
    {
        if (wanted is { } size)
        {
            if (size.Width < 1 || size.Height < 1)
                throw new InvalidDataException($"{file.Source}: OnnxDetectorTeacherOptions.InputSize is {size}; both sides must be at least 1 pixel.");
            return (width ?? size.Width) == size.Width && (height ?? size.Height) == size.Height
                ? size
                : throw new InvalidDataException($"{file.Source}: input {input} takes {width}×{height} pixels; OnnxDetectorTeacherOptions.InputSize says {size}.");
        }
        if (width is null && height is null)
            return null;
        return width is > 0 && height is > 0
            ? new ImageSize(width.Value, height.Value)
            : throw new InvalidDataException($"{file.Source}: input {input} fixes only one of width and height, or to an impossible size; set OnnxDetectorTeacherOptions.InputSize.");
    }

    private static int? Length(OnnxDimension axis) => axis.Size is { } size and >= 0 and <= int.MaxValue ? (int)size : null;
}
