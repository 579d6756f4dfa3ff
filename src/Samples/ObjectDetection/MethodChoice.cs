using Microsoft.ML.Distillation;

namespace Samples.ObjectDetection;

/// <summary>A distillation method by the name the command line has for it, with its default options.</summary>
internal sealed record MethodChoice(string Name, Func<DetectionMethod> Create)
{
    public static IReadOnlyList<MethodChoice> All { get; } =
    [
        new("yolo-feature", () => new YoloFeatureDistillation()),
        new("yolo-output", () => new YoloOutputDistillation()),
        new("fgd", () => new FocalGlobalDistillation()),
        new("at", () => new NeckDistillation()),
    ];

    public static MethodChoice Default => All[0];

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static MethodChoice Parse(string name) => All.FirstOrDefault(method => method.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"'{name}' is not a method of this sample. Choose one of: {string.Join(", ", All.Select(method => method.Name))}.");
}
