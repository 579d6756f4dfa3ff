using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A frozen network in TorchSharp, on the training device; it owns the module.</summary>
internal sealed class ModuleTeacherSession : TeacherSession
{
    private readonly ClassifierModule _module;
    private readonly ImageSize _size;
    private readonly ImageNormalization _normalization;
    private readonly bool _byInput;
    private PixelTransforms? _view;
    private ImageSize _viewOf;

    public ModuleTeacherSession(ClassifierModule module, ImageSize size, ImageNormalization normalization, long? modelBytes, TeacherSettings settings)
    {
        (_module, _size, _normalization, ModelBytes) = (module, size, normalization, modelBytes);
        _byInput = (settings.Parts & TeacherParts.Gradients) != 0;
        module.eval();
        foreach (var parameter in module.parameters())
            parameter.requires_grad_(false);
    }

    public override ImageSize? InputSize => _size;

    public override int ClassCount => _module.ClassCount;

    public override long? ParameterCount => _module.CountParameters();

    public override long? ModelBytes { get; }

    public override bool CanDifferentiate => true;

    public override OutputShape Describe(ImageSize stored) => _module.Describe(_size);

    public override ModelOutput Forward(Tensor pixels)
    {
        var stored = new ImageSize((int)pixels.shape[3], (int)pixels.shape[2]);
        if (_view is null || _viewOf != stored)
        {
            _view?.Dispose();
            (_view, _viewOf) = (new PixelTransforms(stored, _size, _normalization, pixels.device), stored);
        }
        var view = _view.Apply(pixels);
        if (view.device_type == DeviceType.CPU)
            view = PixelTensor.ChannelsLast(view);
        return _byInput ? _module.call(view.requires_grad_()) with { Input = view } : _module.call(view);
    }

    public override void Dispose()
    {
        _view?.Dispose();
        _module.Dispose();
    }
}
