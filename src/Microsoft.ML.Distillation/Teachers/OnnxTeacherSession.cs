using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>An ONNX network in ONNX Runtime: torch tensors in, torch tensors out. Only the parts that are wanted are computed and read.</summary>
internal sealed class OnnxTeacherSession : TeacherSession
{
    private const TeacherParts Inner = TeacherParts.Features | TeacherParts.Embedding;

    private readonly OnnxModelFile _file;
    private readonly OnnxClassifierShape _shape;
    private readonly OnnxTeacherOptions _options;
    private readonly ImageNormalization _normalization;
    private readonly TeacherSettings _settings;
    private readonly OnnxInspector _inspector;
    private OnnxRunner _runner;
    private OnnxTaps? _taps;
    private PixelTransforms? _view;
    private ImageSize _viewOf;
    private bool? _probabilities;

    public OnnxTeacherSession(
        OnnxModelFile file, OnnxClassifierShape shape, ImageNormalization normalization, OnnxTeacherOptions options, TeacherSettings settings)
    {
        (_file, _shape, _options, _normalization, _settings) = (file, shape, options, normalization, settings);
        _inspector = new OnnxInspector(file, shape, options);
        var bytes = file.ToBytes();
        ModelBytes = bytes.Length;
        ParameterCount = OnnxParameters.Count(file);
        _probabilities = options.Scores == ScoreKind.Auto ? (shape.EndsInSoftmax ? true : null) : options.Scores == ScoreKind.Probabilities;
        CheckNames();
        _runner = new OnnxRunner(bytes, file.Source, settings.Threads);
        try
        {
            ClassCount = shape.ClassCount ?? (WantsLogits ? Probe() : 0);
        }
        catch
        {
            _runner.Dispose();
            throw;
        }
    }

    public override ImageSize? InputSize => _shape.InputSize;

    public override int ClassCount { get; }

    public override long? ParameterCount { get; }

    public override long? ModelBytes { get; }

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
        var (input, rows) = (Prepare(pixels, stored), (int)pixels.shape[0]);
        var values = OnnxBatches.Run(_runner, MemoryMarshal.Cast<byte, float>(input.bytes), input.shape, _shape.Batch, outputs);
        var output = _taps?.Read(values, rows, _settings.Device) ?? new ModelOutput(null, [], null);
        return (WantsLogits ? output with { Logits = AsLogits(Scores(values[_shape.Output!], rows)).to(_settings.Device) } : output).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        _view?.Dispose();
        _runner.Dispose();
    }

    /// <summary>Names that aren't there are found when the teacher is opened.</summary>
    private void CheckNames()
    {
        if ((_settings.Parts & TeacherParts.Features) != 0)
            _ = _inspector.FeatureNames;
        if ((_settings.Parts & TeacherParts.Embedding) != 0)
            _ = _inspector.EmbeddingName;
    }

    /// <summary>Once the size of the images is known, the file is opened again with the inner tensors that are wanted as outputs.</summary>
    private void Tap(ImageSize size)
    {
        if (_taps is not null || (_settings.Parts & Inner) == 0)
            return;
        var taps = new OnnxTaps(_inspector, _file.Source, _settings.Parts, size, _settings.Threads);
        var tapped = new OnnxRunner(_file.WithOutputs(taps.Names).ToBytes(), _file.Source, _settings.Threads);
        _runner.Dispose();
        (_runner, _taps) = (tapped, taps);
    }

    private Tensor Prepare(Tensor pixels, ImageSize stored)
    {
        if (_view is null || _viewOf != stored)
        {
            _view?.Dispose();
            (_view, _viewOf) = (new PixelTransforms(stored, _shape.InputSize ?? stored, _normalization, pixels.device), stored);
        }
        var view = _view.Apply(pixels);
        if (_options.Channels == ChannelOrder.Bgr)
            view = view.flip(1);
        if (_shape.ChannelsLast)
            view = view.permute(0, 2, 3, 1);
        return view.cpu().contiguous();
    }

    private Tensor Scores(OnnxTensor scores, int rows) => scores.Floats.Length == rows * ClassCount
        ? tensor(scores.Floats, [rows, ClassCount])
        : throw new InvalidDataException(
            $"{_runner.Name}: output '{_shape.Output}' has {scores.Floats.Length} values for {rows} images; {ClassCount} scores for each are expected.");

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
        var length = _runner.Run(new float[batch * 3 * size.Pixels], shape, [_shape.Output!])[0].Floats.Length;
        return length > 0 && length % batch == 0
            ? length / batch
            : throw new InvalidDataException($"{_file.Source}: output '{_shape.Output}' gave {length} values for {batch} images; a row of class scores for each is expected.");
    }
}
