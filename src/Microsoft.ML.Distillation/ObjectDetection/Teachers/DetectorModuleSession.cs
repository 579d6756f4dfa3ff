using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>One of our detectors, frozen, on the training device; it owns the module.</summary>
internal sealed class DetectorModuleSession : DetectorTeacherSession
{
    // Pseudo-labels choose by scores of their own, above this.
    private static readonly Suppression _suppression = new() { ScoreThreshold = HeldOutScenes.ScoreThreshold, MaximumPerClass = 300 };
    private readonly DetectorModule _module;
    private readonly TeacherView _view;

    public DetectorModuleSession(DetectorModule module, IReadOnlyList<string> classNames, ImageNormalization normalization, long? modelBytes, Precision precision = Precision.Float32)
    {
        (_module, _view, ClassNames, ModelBytes) = (module, new TeacherView(null, normalization, precision), classNames, modelBytes);
        Frozen.Freeze(module, precision);
    }

    public override ImageSize? InputSize => null;

    public override IReadOnlyList<string> ClassNames { get; }

    public override int ClassCount => _module.ClassCount;

    public override long? ParameterCount => _module.CountParameters();

    public override long? ModelBytes { get; }

    public override AnchorSet? Anchors => _module.IsYolo ? _module.Anchors : null;

    public override DetectorModule Network => _module;

    public override DetectorShape Describe(ImageSize input) => DetectorShapes.Of(_module, input);

    public override DetectionOutput Forward(Tensor pixels)
    {
        using var noGrad = no_grad();
        return DetectorShapes.Output(_module.call(_view.Apply(pixels)));
    }

    public override FoundObjects Detect(Tensor pixels, IReadOnlyList<int> rows)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (boxes, scores) = _module.Decode(_module.call(_view.Apply(pixels)));
        var found = BoxSelection.Find(boxes, scores, _suppression).SelectMany((objects, image) => objects.Select(item => (Image: (long)image, Item: item))).ToList();
        var corners = found.SelectMany(f => new[] { (float)f.Item.X, (float)f.Item.Y, (float)(f.Item.X + f.Item.Width), (float)(f.Item.Y + f.Item.Height) }).ToArray();
        return new FoundObjects(
            Kept(tensor(found.Select(f => f.Image).ToArray())), Kept(tensor(corners, [found.Count, 4])),
            Kept(tensor(found.Select(f => (float)f.Item.Score).ToArray())), Kept(tensor(found.Select(f => (long)f.Item.Class).ToArray())));
    }

    public override void Dispose()
    {
        _view.Dispose();
        _module.Dispose();
    }

    private static Tensor Kept(Tensor values) => values.MoveToOuterDisposeScope();
}
