using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>YOLOv5's task loss; see <see cref="YoloLossOptions"/> for the formula and what departs from it.</summary>
internal sealed class YoloLoss(YoloLossOptions options, AnchorGrid anchors, int classes) : IDisposable
{
    private const int BoxColumns = 4, FirstClass = 5;
    private static readonly double[] ThreeLevels = [4, 1, .4], MoreLevels = [4, 1, .25, .06, .02];
    private Tensor[] _inCells = [];

    /// <param name="heads">Raw predictions, N×A×H×W×(5+C) a level: x, y, w, h, objectness, classes.</param>
    /// <param name="targets">The objects.</param>
    /// <returns>The terms <c>box</c>, <c>objectness</c> and, with several classes, <c>class</c>.</returns>
    public IReadOnlyList<LossTerm> Compute(IReadOnlyList<Tensor> heads, DetectionTargets targets)
    {
        var known = targets.To(heads[0].dtype);
        PutAnchorsOn(heads[0]);
        var levels = heads.Select((head, place) => Level(head, place, known)).ToList();
        var gains = options.Gains.For(heads.Count, classes, Pixels(heads[0], anchors.Levels[0]));
        var images = heads[0].shape[0];
        var terms = new List<LossTerm>
        {
            new("box", Sum(levels.Select(level => level.Box)), gains.Box * images),
            new("objectness", Sum(levels.Select((level, place) => level.Objectness * Balance(place, heads.Count))), gains.Objectness * images),
        };
        if (classes > 1)
            terms.Add(new("class", Sum(levels.Select(level => level.Class!)), gains.Class * images));
        return terms;
    }

    public void Dispose()
    {
        foreach (var level in _inCells)
            level.Dispose();
    }

    /// <summary>Pixels of the input, by a level's predictions.</summary>
    public static double Pixels(Tensor head, AnchorLevel level) => (double)(head.shape[2] * level.Stride) * (head.shape[3] * level.Stride);

    /// <summary>Boxes in cells from a cell's corner, centre and size: …×2 and …×2 raw → …×4.</summary>
    public static Tensor Decode(Tensor xy, Tensor wh, Tensor anchors) => cat([xy.sigmoid() * 2 - .5, (wh.sigmoid() * 2).square() * anchors], -1);

    private (Tensor Box, Tensor Objectness, Tensor? Class) Level(Tensor head, int place, DetectionTargets targets)
    {
        var matches = YoloMatches.Find(targets, anchors.Levels[place], head.shape[2], head.shape[3], options.AnchorThreshold, _inCells[place]);
        var predicted = head.flatten(0, 3).index_select(0, matches.Cell);
        var count = matches.Mask.sum().clamp_min(1);
        var boxes = Decode(predicted.narrow(1, 0, 2), predicted.narrow(1, 2, 2), matches.Anchors);
        var overlap = BoxOverlap.CIoU(BoxOverlap.FromCentre(boxes), BoxOverlap.FromCentre(matches.Boxes));
        var objectness = head.select(-1, BoxColumns);
        var wanted = matches.LargestByCell(overlap.detach().clamp_min(0), objectness.numel()).reshape(objectness.shape);
        return (
            ((1 - overlap) * matches.Mask).sum() / count,
            nn.functional.binary_cross_entropy_with_logits(objectness, wanted),
            classes == 1 ? null : (ClassLoss(predicted.narrow(1, FirstClass, classes), matches) * matches.Mask).sum() / count);
    }

    // Once a run, not once a step.
    private void PutAnchorsOn(Tensor head)
    {
        if (_inCells.Length > 0 && _inCells[0].dtype == head.dtype && _inCells[0].device_type == head.device_type && _inCells[0].device_index == head.device_index)
            return;
        Dispose();
        _inCells = [.. anchors.Levels.Select(level => level.InCells(head.dtype, head.device).DetachFromDisposeScope())];
    }

    // The mean over the classes, K.
    private Tensor ClassLoss(Tensor logits, YoloMatches matches)
    {
        var wrong = options.LabelSmoothing / 2;
        var right = matches.Confidence * (1 - 2 * wrong) + wrong;
        var wanted = full_like(logits, wrong).scatter(1, matches.Classes.unsqueeze(1), right.unsqueeze(1));
        return nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction: nn.Reduction.None).mean([1]);
    }

    private static double Balance(int level, int levels) => levels == ThreeLevels.Length ? ThreeLevels[level] : MoreLevels[level];

    private static Tensor Sum(IEnumerable<Tensor> terms) => terms.Aggregate((sum, term) => sum + term);
}
