using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>An ONNX detector: torch tensors in, objects or torch tensors out. Only the parts that are wanted are computed and read.</summary>
internal sealed class OnnxDetectorTeacherSession : DetectorTeacherSession
{
    private readonly OnnxModelFile _file;
    private readonly OnnxDetectorShape _shape;
    private readonly OnnxDetectorTeacherOptions _options;
    private readonly DetectorTeacherSettings _settings;
    private readonly Suppression _suppression;
    private readonly OnnxEngine _engine;
    private DetectorView? _view;
    private OnnxTaps? _taps;

    public OnnxDetectorTeacherSession(OnnxModelFile file, OnnxDetectorShape shape, OnnxDetectorTeacherOptions options, DetectorTeacherSettings settings)
    {
        (_file, _shape, _options, _settings) = (file, shape, options, settings);
        _suppression = new()
        {
            ScoreThreshold = (float)options.ScoreThreshold, IouThreshold = (float)options.IouThreshold, MaximumPerClass = options.MaximumDetections, Maximum = options.MaximumDetections,
        };
        if (Wants(DetectionParts.Heads) && shape.Layout.Anchors is null)
        {
            throw new InvalidDataException($"{file.Source} gives what it found ({shape.Layout.Kind}) and no raw predictions: a method that learns from these needs a YOLOv5 or YOLOv7 file with its own anchors "
                + "(OnnxDetectorTeacherOptions.Anchors). Choose a method that learns from feature maps, such as FocalGlobalDistillation, or learn from its boxes.");
        }
        if (Wants(DetectionParts.Features))
            OnnxDetectorTaps.Check(file, shape.Input, options.FeatureNames);
        (ModelBytes, ParameterCount) = (file.Model.CalculateSize(), OnnxParameters.Count(file));
        var input = shape.Input;
        string[] outputs = [.. shape.Layout.Outputs.Union(Wants(DetectionParts.Features) ? options.FeatureNames! : [])];
        _engine = OnnxEngine.Open(file, options.Engine, new(input.Name, outputs, input.Batched && !input.ChannelsLast, input.Batched ? input.Batch : null, settings.Device, settings.Threads)
        {
            Precision = settings.Precision,
        });
    }

    public override ImageSize? InputSize => _shape.Input.Size;

    public override IReadOnlyList<string>? ClassNames => _shape.ClassNames;

    public override int ClassCount => _shape.ClassCount;

    public override long? ParameterCount { get; }

    public override long? ModelBytes { get; }

    public override ImageNormalization? AssumedNormalization => _shape.Layout.Kind == DetectorOutputLayout.Distillation ? null : _shape.Normalization;

    public override CheckupFinding? Notice => _engine.Notice;

    public override AnchorSet? Anchors => _shape.Layout.Anchors?.ToSet();

    /// <exception cref="InvalidDataException">Raw predictions are wanted, and the network's input is of another size: they would lie on another grid.</exception>
    public override DetectorShape? Describe(ImageSize input)
    {
        var (heads, own) = (_shape.Layout.Anchors is not null, InputSize ?? input);
        if (heads && Wants(DetectionParts.Heads) && own != input)
        {
            throw new InvalidDataException(
                $"{_file.Source} works at {own} and the student at {input}, so that their raw predictions lie on different grids; train the student at {own}, or export the teacher at {input}.");
        }
        if (!heads && !Wants(DetectionParts.Features))
            return null;
        return new DetectorShape(ClassCount, Wants(DetectionParts.Features) ? Maps(input) : [], _shape.Layout.Anchors) { HasHeads = heads && own == input };
    }

    public override DetectionOutput Forward(Tensor pixels)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var view = View(pixels);
        var names = new List<string>(Wants(DetectionParts.Heads) ? _shape.Layout.Outputs : []);
        if (Wants(DetectionParts.Features))
            names.AddRange(Taps(view.Input).Names.Except(names));
        if (names.Count == 0)
            return new DetectionOutput([], []);
        var (images, values) = ((int)pixels.shape[0], _engine.Run(Prepare(pixels, view), names));
        var heads = Wants(DetectionParts.Heads) ? _shape.Layout.Heads(new(_file.Source, values, images, view.Input)) : [];
        var features = Wants(DetectionParts.Features) ? Taps(view.Input).Read(values, images).Features : [];
        return new DetectionOutput([.. heads.Select(h => h.MoveToOuterDisposeScope())], [.. features.Select(f => f.MoveToOuterDisposeScope())]);
    }

    public override FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var view = View(pixels);
        var (images, input, found) = ((int)pixels.shape[0], Prepare(pixels, view), new FoundList());
        var perRun = _shape.Layout.IsForOneImage || !_shape.Input.Batched ? 1 : images;
        for (var first = 0; first < images; first += perRun)
        {
            var part = _shape.Input.Batched ? input.narrow(0, first, perRun) : input.select(0, first);
            var values = _engine.Read(part, _shape.Layout.Outputs);
            _shape.Layout.Read(new(_file.Source, values, perRun, view.Input, ClassCount) { FirstImage = first }, _suppression, found);
        }
        var (across, down) = view.ToStored;
        found.Scale(across, down);
        var objects = found.ToTensors();
        foreach (var part in new[] { objects.Image, objects.Boxes, objects.Scores, objects.Classes })
            part.MoveToOuterDisposeScope();
        return objects;
    }

    public override void Dispose()
    {
        _view?.Dispose();
        _engine.Dispose();
    }

    private List<MapShape> Maps(ImageSize input)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var view = View(zeros(1, 3, input.Height, input.Width, device: _settings.Device));
        var images = _shape.Input.Batch ?? 1;
        var values = _engine.Run(zeros(_shape.Input.Shape(images, view.Input), device: _settings.Device), [.. Taps(view.Input).Names]);
        return [.. Taps(view.Input).Read(values, images).Features.Zip(_options.FeatureNames!, (map, name) => new MapShape(name, (int)map.shape[1], (int)map.shape[2], (int)map.shape[3]))];
    }

    private bool Wants(DetectionParts part) => (_settings.Parts & part) != 0;

    private OnnxTaps Taps(ImageSize size) => _taps ??= new(OnnxDetectorTaps.Inspector(_file, _shape.Input, _options.FeatureNames), _file.Source, TeacherParts.Features, size, _settings.Threads);

    private DetectorView View(Tensor pixels)
    {
        var stored = new ImageSize((int)pixels.shape[3], (int)pixels.shape[2]);
        if (_view?.Stored == stored)
            return _view;
        _view?.Dispose();
        (_view, _taps) = (new DetectorView(stored, InputSize ?? stored, _shape.Normalization, pixels.device), null);
        return _view;
    }

    private Tensor Prepare(Tensor pixels, DetectorView view)
    {
        var input = view.Apply(pixels);
        if (_options.Channels == ChannelOrder.Bgr)
            input = input.flip(1);
        if (_shape.Input.ChannelsLast)
            input = input.permute(0, 2, 3, 1);
        return input.contiguous();
    }
}
