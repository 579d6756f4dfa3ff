using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>An ONNX classifier in ONNX Runtime: torch tensors in, torch tensors out.</summary>
internal sealed class OnnxTeacherSession : TeacherSession
{
    private readonly OnnxRunner _runner;
    private readonly OnnxClassifierShape _shape;
    private readonly OnnxTeacherOptions _options;
    private readonly ImageNormalization _normalization;
    private readonly Device _device;
    private PixelTransforms? _view;
    private ImageSize _viewOf;
    private bool? _probabilities;

    public OnnxTeacherSession(
        OnnxModelFile file, OnnxClassifierShape shape, ImageNormalization normalization, OnnxTeacherOptions options, TeacherSettings settings)
    {
        (_shape, _options, _normalization, _device) = (shape, options, normalization, settings.Device);
        var bytes = file.ToBytes();
        ModelBytes = bytes.Length;
        ParameterCount = CountParameters(file);
        _probabilities = options.Scores == ScoreKind.Auto ? (shape.EndsInSoftmax ? true : null) : options.Scores == ScoreKind.Probabilities;
        _runner = new OnnxRunner(bytes, file.Source, settings.Threads);
        try
        {
            ClassCount = shape.ClassCount ?? Probe(file);
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

    public override ModelOutput Forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var input = Prepare(pixels);
        var rows = (int)input.shape[0];
        var batch = _shape.Batch ?? rows;
        var scores = new float[rows * ClassCount];
        var floats = MemoryMarshal.Cast<byte, float>(input.bytes);
        var rowLength = floats.Length / rows;
        var padded = rows % batch == 0 ? null : new float[batch * rowLength];
        for (var first = 0; first < rows; first += batch)
        {
            var count = Math.Min(batch, rows - first);
            var source = floats.Slice(first * rowLength, count * rowLength);
            if (count < batch)
            {
                source.CopyTo(padded);
                source = padded;
            }
            RunBatch(source, [batch, .. input.shape[1..]]).AsSpan(0, count * ClassCount).CopyTo(scores.AsSpan(first * ClassCount));
        }
        var logits = AsLogits(tensor(scores, [rows, ClassCount])).to(_device);
        return new ModelOutput(logits.MoveToOuterDisposeScope(), [], null);
    }

    public override void Dispose()
    {
        _view?.Dispose();
        _runner.Dispose();
    }

    private Tensor Prepare(Tensor pixels)
    {
        var stored = new ImageSize((int)pixels.shape[3], (int)pixels.shape[2]);
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

    private float[] RunBatch(ReadOnlySpan<float> input, long[] shape)
    {
        var output = _runner.Run(input, shape, [_shape.Output])[0];
        var values = output.Floats;
        if (values.Length != shape[0] * ClassCount)
        {
            throw new InvalidDataException(
                $"{_runner.Name}: output '{_shape.Output}' has {values.Length} values for {shape[0]} images; {ClassCount} scores for each are expected.");
        }
        return values;
    }

    private Tensor AsLogits(Tensor scores)
    {
        // Looked at once: whether scores are probabilities is a property of the file, not of a batch.
        _probabilities ??= ScoreConversion.LookLikeProbabilities(scores);
        return _probabilities.Value ? ScoreConversion.LogOf(scores) : scores;
    }

    /// <summary>All real initialisers but BatchNorm's statistics and a student's own scaling of pixels, which nobody trained.</summary>
    private static long CountParameters(OnnxModelFile file)
    {
        var statistics = file.Model.Graph.Node.Where(n => n.OpType == "BatchNormalization").SelectMany(n => n.Input.Skip(3)).ToHashSet();
        var scaling = StudentFile.IsStudent(file) ? StudentExporter.InputPrefix : null;
        return file.Initializers.Values
            .Where(t => (OnnxElementType)t.DataType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 or OnnxElementType.Double)
            .Where(t => !statistics.Contains(t.Name) && (scaling is null || !t.Name.StartsWith(scaling, StringComparison.Ordinal)))
            .Sum(t => t.Dims.Aggregate(1L, (a, b) => a * b));
    }

    /// <summary>Files that don't declare the number of classes are asked by running them once.</summary>
    private int Probe(OnnxModelFile file)
    {
        var size = _shape.InputSize ?? new ImageSize(32, 32);
        var batch = _shape.Batch ?? 1;
        long[] shape = _shape.ChannelsLast ? [batch, size.Height, size.Width, 3] : [batch, 3, size.Height, size.Width];
        var length = _runner.Run(new float[batch * 3 * size.Pixels], shape, [_shape.Output])[0].Floats.Length;
        return length > 0 && length % batch == 0
            ? length / batch
            : throw new InvalidDataException($"{file.Source}: output '{_shape.Output}' gave {length} values for {batch} images; a row of class scores for each is expected.");
    }
}
