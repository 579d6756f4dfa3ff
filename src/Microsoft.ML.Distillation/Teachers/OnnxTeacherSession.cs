using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>An ONNX network. Only the parts that are wanted are computed and read.</summary>
internal sealed class OnnxTeacherSession : TeacherSession
{
    private const TeacherParts Inner = TeacherParts.Features | TeacherParts.Embedding;

    private readonly OnnxModelFile _file;
    private readonly OnnxClassifierShape _shape;
    private readonly OnnxTeacherOptions _options;
    private readonly ImageNormalization _normalization;
    private readonly TeacherSettings _settings;
    private readonly OnnxInspector _inspector;
    private readonly OnnxEngine _engine;
    private OnnxTaps? _taps;
    private PixelTransforms? _view;
    private ImageSize _viewOf;
    private bool? _probabilities;

    public OnnxTeacherSession(
        OnnxModelFile file, OnnxClassifierShape shape, ImageNormalization normalization, OnnxTeacherOptions options, TeacherSettings settings)
    {
        (_file, _shape, _options, _normalization, _settings) = (file, shape, options, normalization, settings);
        _inspector = new OnnxInspector(file, shape, options);
        ModelBytes = file.Model.CalculateSize();
        ParameterCount = OnnxParameters.Count(file);
        _probabilities = options.Scores == ScoreKind.Auto ? (shape.EndsInSoftmax ? true : null) : options.Scores == ScoreKind.Probabilities;
        CheckNames();
        _engine = OnnxEngine.Open(file, options.Engine, new(shape.Input, KnownOutputs(), !shape.ChannelsLast, shape.Batch, settings.Device, settings.Threads)
        {
            Precision = settings.Precision, Gradients = (settings.Parts & TeacherParts.Gradients) != 0,
        });
        try
        {
            ClassCount = shape.ClassCount ?? (WantsLogits ? Probe() : 0);
        }
        catch
        {
            _engine.Dispose();
            throw;
        }
    }

    public override ImageSize? InputSize => _shape.InputSize;

    public override int ClassCount { get; }

    public override long? ParameterCount { get; }

    public override long? ModelBytes { get; }

    public override bool CanDifferentiate => _engine.CanDifferentiate;

    public override CheckupFinding? Notice => _engine.Notice;

    private bool WantsLogits => (_settings.Parts & TeacherParts.Logits) != 0;

    public override OutputShape Describe(ImageSize stored)
    {
        var classes = WantsLogits ? ClassCount : (int?)null;
        if ((_settings.Parts & Inner) == 0)
            return new OutputShape(classes, [], null);
        using var scope = NewDisposeScope();
        var known = _probabilities;
        var output = Forward(zeros(1, 3, stored.Height, stored.Width, device: _settings.Device));
        _probabilities = known; // a black image tells nothing of scores
        return new OutputShape(
            classes,
            [.. output.Features.Zip(_taps!.Features, (map, name) => new MapShape(name, (int)map.shape[1], (int)map.shape[2], (int)map.shape[3]))],
            (int?)output.Embedding?.shape[1]);
    }

    public override ModelOutput Forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var stored = new ImageSize((int)pixels.shape[3], (int)pixels.shape[2]);
        Tap(_shape.InputSize ?? stored);
        string[] outputs = [.. (WantsLogits ? [_shape.Output!] : Array.Empty<string>()).Union(_taps?.Names ?? [])];
        if (outputs.Length == 0)
            return new ModelOutput(null, [], null);
        var (view, rows) = (View(pixels, stored), (int)pixels.shape[0]);
        var values = _engine.Run(AsTaken(view), outputs);
        var output = _taps?.Read(values, rows) ?? new ModelOutput(null, [], null);
        if (WantsLogits)
            output = output with { Logits = AsLogits(Scores(values[_shape.Output!], rows)) };
        return (WantsGradients ? output with { Input = view } : output).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        _view?.Dispose();
        _engine.Dispose();
    }

    private bool WantsGradients => (_settings.Parts & TeacherParts.Gradients) != 0 && CanDifferentiate;

    /// <summary>What will be asked for, as far as that is known before the size of the images is.</summary>
    private IReadOnlyList<string> KnownOutputs()
    {
        var inner = (_settings.Parts & TeacherParts.Features) == 0 ? [] : _inspector.FeatureNames ?? [];
        var embedding = (_settings.Parts & TeacherParts.Embedding) == 0 ? null : _inspector.EmbeddingName;
        return [.. inner.Append(embedding).Append(_shape.Output).OfType<string>().Distinct()];
    }

    /// <summary>Names that aren't there are found when the teacher is opened.</summary>
    private void CheckNames()
    {
        if ((_settings.Parts & TeacherParts.Features) != 0)
            _ = _inspector.FeatureNames;
        if ((_settings.Parts & TeacherParts.Embedding) != 0)
            _ = _inspector.EmbeddingName;
    }

    /// <summary>Which inner tensors are wanted is known once the size of the images is.</summary>
    private void Tap(ImageSize size)
    {
        if (_taps is null && (_settings.Parts & Inner) != 0)
            _taps = new OnnxTaps(_inspector, _file.Source, _settings.Parts, size, _settings.Threads);
    }

    /// <summary>Normalised pixels, RGB, N×3×H×W, of the network's size.</summary>
    private Tensor View(Tensor pixels, ImageSize stored)
    {
        if (_view is null || _viewOf != stored)
        {
            _view?.Dispose();
            (_view, _viewOf) = (new PixelTransforms(stored, _shape.InputSize ?? stored, _normalization, pixels.device), stored);
        }
        var view = _view.Apply(pixels);
        return WantsGradients ? view.requires_grad_() : view;
    }

    /// <summary>In the order of axes and channels that the network takes.</summary>
    private Tensor AsTaken(Tensor view)
    {
        if (_options.Channels == ChannelOrder.Bgr)
            view = view.flip(1);
        if (_shape.ChannelsLast)
            view = view.permute(0, 2, 3, 1);
        return view.contiguous();
    }

    private Tensor Scores(Tensor scores, int rows) => scores.numel() == (long)rows * ClassCount
        ? scores.reshape(rows, ClassCount)
        : throw new InvalidDataException(
            $"{_file.Source}: output '{_shape.Output}' has {scores.numel()} values for {rows} images; {ClassCount} scores for each are expected.");

    private Tensor AsLogits(Tensor scores)
    {
        // Looked at once: whether scores are probabilities is a property of the file, not of a batch.
        _probabilities ??= ScoreConversion.LookLikeProbabilities(scores);
        return _probabilities.Value ? ScoreConversion.LogOf(scores) : scores;
    }

    /// <summary>Files that don't declare the number of classes are asked by running them once.</summary>
    private int Probe()
    {
        var size = _shape.InputSize ?? new ImageSize(32, 32);
        var batch = _shape.Batch ?? 1;
        long[] shape = _shape.ChannelsLast ? [batch, size.Height, size.Width, 3] : [batch, 3, size.Height, size.Width];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var length = _engine.Run(zeros(shape, device: _settings.Device), [_shape.Output!])[_shape.Output!].numel();
        return length > 0 && length % batch == 0
            ? (int)(length / batch)
            : throw new InvalidDataException($"{_file.Source}: output '{_shape.Output}' gave {length} values for {batch} images; a row of class scores for each is expected.");
    }
}
