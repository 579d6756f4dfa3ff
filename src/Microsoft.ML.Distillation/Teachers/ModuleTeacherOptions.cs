using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>How a TorchSharp network takes images and what of it a student may learn from.</summary>
public sealed class ModuleTeacherOptions
{
    /// <summary>What to call the teacher in messages and reports.</summary>
    /// <value>Default: <c>module teacher</c>.</value>
    public string Name { get; init; } = "module teacher";

    /// <summary>What the network expects of pixels.</summary>
    /// <value>Default: <see cref="ImageNormalization.ImageNet"/>.</value>
    public ImageNormalization Normalization { get; init; } = ImageNormalization.ImageNet;

    /// <summary>The input size the network needs.</summary>
    /// <value>Default: null, which is the size images are stored at, for networks that take any.</value>
    public ImageSize? InputSize { get; init; }

    /// <summary>The classes in the order of the outputs.</summary>
    /// <value>Default: null, for not known: then the order must be that of the labels' keys, which is checked on labelled images before training.</value>
    public IReadOnlyList<string>? ClassNames { get; init => field = value?.ToArray(); }

    /// <summary>
    /// Submodules whose outputs are the feature maps, N×C×H×W, shallowest first, by their names in <c>named_modules()</c>, such as <c>layer1</c> or
    /// <c>features.3</c>. An activation in place that follows a submodule changes what was tapped: tap the activation.
    /// </summary>
    /// <value>Default: none. Each must be a <c>Module&lt;Tensor, Tensor&gt;</c> that the network runs by <c>call</c>, once in a forward.</value>
    public IReadOnlyList<string> FeatureModules { get; init => field = value?.ToArray()!; } = [];

    /// <summary>The submodule whose output is the vector before the classifier: N×D, or N×D×1×1, which is flattened.</summary>
    /// <value>Default: null, for none.</value>
    public string? EmbeddingModule { get; init; }

    internal void Validate(Faults faults)
    {
        faults.AddIf(string.IsNullOrWhiteSpace(Name), "ModuleTeacherOptions.Name is empty; name the teacher.");
        faults.AddIf(Normalization is null, "ModuleTeacherOptions.Normalization is null; say what the network expects of pixels, ImageNormalization.Raw for 0…255.");
        faults.AddIf(InputSize is { } size && (size.Width < 1 || size.Height < 1), $"ModuleTeacherOptions.InputSize is {InputSize}; both sides must be at least 1 pixel.");
        faults.AddIf(FeatureModules is null, "ModuleTeacherOptions.FeatureModules is null; leave it out for none.");
        faults.AddIf(
            FeatureModules is { } modules && modules.Distinct(StringComparer.Ordinal).Count() != modules.Count, "ModuleTeacherOptions.FeatureModules names a submodule twice; name each once.");
        if (ClassNames is { } names && names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            faults.Add($"{Name} has class names that are not distinct.");
    }
}
