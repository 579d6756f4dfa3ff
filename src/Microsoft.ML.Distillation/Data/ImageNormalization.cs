using System.Globalization;
using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// What a network expects of pixels: each channel c of an RGB image with values p in 0…255 becomes (p/255 − mean_c) / deviation_c.
/// </summary>
public sealed class ImageNormalization
{
    private ImageNormalization(string name, IReadOnlyList<float> mean, IReadOnlyList<float> deviation) =>
        (Name, Mean, Deviation) = (name, mean, deviation);

    /// <summary>Mean and deviation of ImageNet's training images: what torchvision's and timm's models expect.</summary>
    public static ImageNormalization ImageNet { get; } = new("ImageNet", [.485f, .456f, .406f], [.229f, .224f, .225f]);

    /// <summary>Mean and deviation of CIFAR-10's training images.</summary>
    public static ImageNormalization Cifar10 { get; } = new("Cifar10", [.4914f, .4822f, .4465f], [.2470f, .2435f, .2616f]);

    /// <summary>Pixels as 0…1.</summary>
    public static ImageNormalization ZeroToOne { get; } = new("ZeroToOne", [0, 0, 0], [1, 1, 1]);

    /// <summary>Pixels as −1…1, as TensorFlow's Inception and MobileNet models expect.</summary>
    public static ImageNormalization MinusOneToOne { get; } = new("MinusOneToOne", [.5f, .5f, .5f], [.5f, .5f, .5f]);

    /// <summary>Pixels as they are, 0…255: for networks that normalise inside.</summary>
    public static ImageNormalization Raw { get; } = new("Raw", [0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]);

    /// <summary>The presets, for trying which one a teacher expects.</summary>
    public static IReadOnlyList<ImageNormalization> Presets { get; } = [ImageNet, Cifar10, ZeroToOne, MinusOneToOne, Raw];

    /// <summary>The preset's name, or <c>Custom</c>.</summary>
    public string Name { get; }

    /// <summary>Means of the red, green and blue channel, on the scale 0…1.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>Deviations of the red, green and blue channel, on the scale 0…1; all above 0.</summary>
    public IReadOnlyList<float> Deviation { get; }

    /// <summary>A normalisation of one's own.</summary>
    /// <param name="mean">Means of red, green, blue, on the scale 0…1.</param>
    /// <param name="deviation">Deviations of red, green, blue, on the scale 0…1; above 0.</param>
    /// <returns>The normalisation.</returns>
    /// <exception cref="ArgumentException">There are not three values each, one is not finite, or a deviation is not positive.</exception>
    public static ImageNormalization Custom(IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(deviation);
        var faults = new Faults("Image normalisation");
        faults.AddIf(mean.Count != 3, $"mean has {mean.Count} values; give 3, for red, green and blue.");
        faults.AddIf(deviation.Count != 3, $"deviation has {deviation.Count} values; give 3, for red, green and blue.");
        faults.AddIf(mean.Any(m => !float.IsFinite(m)), $"mean is [{Text(mean, ", ")}]; every value must be finite.");
        faults.AddIf(deviation.Any(d => !float.IsFinite(d) || d <= 0), $"deviation is [{Text(deviation, ", ")}]; every value must be above 0.");
        faults.ThrowIfAny(nameof(mean));
        return new ImageNormalization("Custom", [.. mean], [.. deviation]);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Name != "Custom" ? Name : $"mean {Text(Mean)}, deviation {Text(Deviation)}";

    private static string Text(IReadOnlyList<float> values, string between = " ") => string.Join(between, values.Select(v => v.ToString(CultureInfo.InvariantCulture)));
}
