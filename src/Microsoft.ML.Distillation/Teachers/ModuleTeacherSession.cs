using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A frozen student in TorchSharp, on the training device; it owns the module.</summary>
internal sealed class ModuleTeacherSession : TeacherSession
{
    private readonly ClassifierModule _module;
    private readonly ImageSize _size;
    private readonly TeacherView _view;
    private readonly bool _byInput;

    public ModuleTeacherSession(ClassifierModule module, ImageSize size, ImageNormalization normalization, long? modelBytes, TeacherSettings settings)
    {
        (_module, _size, _view, ModelBytes) = (module, size, new TeacherView(size, normalization, settings.Precision), modelBytes);
        _byInput = (settings.Parts & TeacherParts.Gradients) != 0;
        Frozen.Freeze(module, settings.Precision);
    }

    public override ImageSize? InputSize => _size;

    public override int ClassCount => _module.ClassCount;

    public override long? ParameterCount => _module.CountParameters();

    public override long? ModelBytes { get; }

    public override bool CanDifferentiate => true;

    public override OutputShape Describe(ImageSize stored) => _module.Describe(_size);

    public override ModelOutput Forward(Tensor pixels)
    {
        var view = _view.Apply(pixels);
        return _byInput ? _module.call(view.requires_grad_()) with { Input = view } : _module.call(view);
    }

    public override void Dispose()
    {
        _view.Dispose();
        _module.Dispose();
    }
}
