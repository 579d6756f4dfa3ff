using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Any TorchSharp network as a teacher, run on the training device on the very pixels the student trains on: normalised N×3×H×W to logits N×C. Feature
/// maps and the embedding are tapped from its submodules by name; it gives gradients.
/// </summary>
/// <remarks>
/// The network stays its owner's, who disposes it. While a run lasts it is in evaluation mode, frozen and on the training device; afterwards every
/// submodule's mode, every parameter's <c>requires_grad</c> and the device are what they were. It must not be trained elsewhere meanwhile.
/// In a run of <see cref="Precision.BFloat16"/> its <c>Conv2d</c> and <c>Linear</c> layers compute in that, unless it fails on such values; their weights are afterwards what they were.
/// </remarks>
public sealed class ModuleTeacher : Teacher
{
    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly ModuleTeacherOptions _options;

    /// <summary>Takes a network as a teacher.</summary>
    /// <param name="module">The network: normalised pixels N×3×H×W to logits N×C. It is not disposed.</param>
    /// <param name="options">How it takes images and what of it can be learned; null for the defaults.</param>
    public ModuleTeacher(nn.Module<Tensor, Tensor> module, ModuleTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        (_module, _options) = (module, options ?? new ModuleTeacherOptions());
    }

    /// <inheritdoc/>
    public override string Name => _options.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? ClassNames => _options.ClassNames;

    internal override ImageNormalization? AssumedNormalization => _options.Normalization;

    internal override void Validate(Faults faults) => _options.Validate(faults);

    internal override TeacherSession Open(TeacherSettings settings) => new TappedModuleSession(_module, _options, settings);
}
