using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A user's TorchSharp network, tapped at submodules; it is borrowed, not owned.</summary>
internal sealed class TappedModuleSession : TeacherSession
{
    /// <summary>The size a network that takes any is first asked at.</summary>
    private static readonly ImageSize ProbeSize = new(32, 32);

    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly ModuleTeacherOptions _options;
    private readonly ModuleState _state;
    private readonly ModuleTaps _taps;
    private readonly TeacherView _view;
    private readonly Device _device;
    private readonly bool _byInput;
    private ModuleCast? _cast;

    public TappedModuleSession(nn.Module<Tensor, Tensor> module, ModuleTeacherOptions options, TeacherSettings settings)
    {
        (_module, _options, _device) = (module, options, settings.Device);
        _byInput = (settings.Parts & TeacherParts.Gradients) != 0;
        // First of all: it names what is missing before anything is changed.
        _taps = new ModuleTaps(options.Name, module, options.EmbeddingModule is { } embedding ? [.. options.FeatureModules, embedding] : options.FeatureModules);
        _state = new ModuleState(module, settings.Device);
        _view = new TeacherView(options.InputSize, options.Normalization, Precision.Float32);
        try
        {
            ClassCount = Probe(settings.Precision);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override ImageSize? InputSize => _options.InputSize;

    public override int ClassCount { get; }

    public override long? ParameterCount => _module.parameters().Sum(p => p.numel());

    public override long? ModelBytes => null;

    public override bool CanDifferentiate => true;

    /// <summary>Found by running it on one black image.</summary>
    public override OutputShape Describe(ImageSize stored)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var output = Run(zeros([1, 3, stored.Height, stored.Width], ScalarType.Float32, _device));
        return new OutputShape(
            (int)output.Logits!.shape[1],
            [.. output.Features.Zip(_options.FeatureModules, (map, name) => new MapShape(name, (int)map.shape[1], (int)map.shape[2], (int)map.shape[3]))],
            (int?)output.Embedding?.shape[1]);
    }

    public override ModelOutput Forward(Tensor pixels) => Run(pixels);

    public override void Dispose()
    {
        _cast?.Dispose();
        _taps.Dispose();
        _view.Dispose();
        _state.Dispose();
    }

    /// <returns>How many classes it scores.</returns>
    private int Probe(Precision precision)
    {
        if (precision == Precision.BFloat16)
            _cast = new ModuleCast(_module);
        try
        {
            return Describe(ProbeSize).Classes!.Value;
        }
        catch (InvalidDataException) when (_cast is not null)
        {
            // Nobody can know what a network does between its layers: one that can't go on with rounded values stays as it is.
            _cast.Dispose();
            _cast = null;
            return Describe(ProbeSize).Classes!.Value;
        }
    }

    private ModelOutput Run(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var view = _view.Apply(pixels);
        _taps.Begin(scope);
        try
        {
            var logits = Logits(_byInput ? view.requires_grad_() : view).MoveToOuterDisposeScope();
            var maps = _options.FeatureModules.Select(Map).ToList();
            var embedding = _options.EmbeddingModule is { } name ? Vector(name).MoveToOuterDisposeScope() : null;
            foreach (var map in maps)
                map.MoveToOuterDisposeScope();
            return new ModelOutput(logits, maps, embedding) { Input = _byInput ? view.MoveToOuterDisposeScope() : null };
        }
        finally
        {
            _taps.End();
        }
    }

    private Tensor Logits(Tensor view)
    {
        Tensor logits;
        try
        {
            logits = _module.call(view);
        }
        catch (Exception error) when (error is not OutOfMemoryException and not OperationCanceledException)
        {
            throw new InvalidDataException($"{_options.Name} failed on images of {view.shape[3]}×{view.shape[2]} pixels: {error.Message} "
                + (_options.InputSize is null ? "If it needs images of one size, set ModuleTeacherOptions.InputSize." : "Check ModuleTeacherOptions.InputSize."), error);
        }
        if (logits.dim() != 2 || logits.shape[0] != view.shape[0])
            throw new InvalidDataException($"{_options.Name} gives {Shape(logits)} for {view.shape[0]} images; logits N×C are needed.");
        return FloatMaps.Of(logits);
    }

    private Tensor Map(string name)
    {
        var map = _taps[name];
        return map.dim() == 4 ? FloatMaps.Of(map) : throw new InvalidDataException($"{_options.Name}: its submodule '{name}' gives {Shape(map)}; a feature map N×C×H×W is needed.");
    }

    private Tensor Vector(string name)
    {
        var vector = _taps[name];
        return vector.dim() >= 2 && vector.numel() == vector.shape[0] * vector.shape[1]
            ? FloatMaps.Of(vector.flatten(1))
            : throw new InvalidDataException($"{_options.Name}: its submodule '{name}' gives {Shape(vector)}; a vector N×D is needed: tap the pooling before the classifier.");
    }

    private static string Shape(Tensor tensor) => string.Join('×', tensor.shape);
}
