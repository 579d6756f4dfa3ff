using static Microsoft.ML.Distillation.Evaluation.CocoProtocol;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>
/// Precision and recall of one class. Precision at a recall is the best at that recall or a higher one, read at 101 recalls, and 0 where none is so high.
/// What needs objects is NaN where none counts.
/// </summary>
internal sealed class CocoClassResult
{
    private CocoClassResult(CocoRanking ranking) => (Objects, Detections) = (ranking.Objects[AnyArea], ranking.Count);

    public int Objects { get; }

    public int Detections { get; }

    /// <summary>[IoU threshold][recall], of objects of any area; empty without objects.</summary>
    public double[][] Precision { get; } = Array.ConvertAll(IoUThresholds, _ => new double[RecallThresholds.Length]);

    /// <summary>As <see cref="Precision"/>: the score of the detection that first reaches the recall, NaN where none does.</summary>
    public double[][] Scores { get; } = Array.ConvertAll(IoUThresholds, _ => new double[RecallThresholds.Length]);

    /// <summary>[area range][IoU threshold]: the mean precision.</summary>
    public double[][] AveragePrecision { get; } = ByArea();

    /// <summary>[area range][IoU threshold]: the share of objects found.</summary>
    public double[][] Recall { get; } = ByArea();

    /// <summary>[limit of detections][IoU threshold]: the share of objects of any area that an image's best detections find.</summary>
    public double[][] LimitedRecall { get; } = Array.ConvertAll(DetectionLimits, _ => new double[IoUThresholds.Length]);

    public static CocoClassResult Of(CocoRanking ranking)
    {
        var result = new CocoClassResult(ranking);
        var order = ScoreOrder.Of(ranking.Scores, ranking.Count);
        var walk = new Walk(ranking, order);
        for (var area = 0; area < AreaRanges.Length; area++)
        {
            for (var t = 0; t < IoUThresholds.Length; t++)
                result.Read(walk, area, t);
        }
        return result;
    }

    private static double[][] ByArea() => Array.ConvertAll(AreaRanges, _ => new double[IoUThresholds.Length]);

    private void Read(Walk walk, int area, int threshold)
    {
        walk.Go(area, threshold);
        AveragePrecision[area][threshold] = walk.AveragePrecision;
        Recall[area][threshold] = walk.Recall(DetectionLimits.Length - 1);
        if (area != AnyArea)
            return;
        for (var limit = 0; limit < DetectionLimits.Length; limit++)
            LimitedRecall[limit][threshold] = walk.Recall(limit);
        walk.Precision.CopyTo(Precision[threshold], 0);
        walk.Scores.CopyTo(Scores[threshold], 0);
    }

    /// <summary>Goes down the ranking once for a range of areas and a threshold.</summary>
    private sealed class Walk(CocoRanking ranking, int[] order)
    {
        private const double SmallestStep = 2.220446049250313e-16; // keeps 0/0 out, as COCO does
        private readonly double[] _precision = new double[order.Length];
        private readonly double[] _recall = new double[order.Length];
        private readonly int[] _found = new int[DetectionLimits.Length];
        private int _objects;

        public double[] Precision { get; } = new double[RecallThresholds.Length];

        public double[] Scores { get; } = new double[RecallThresholds.Length];

        public double AveragePrecision { get; private set; }

        public double Recall(int limit) => _objects == 0 ? double.NaN : _found[limit] / (double)_objects;

        public void Go(int area, int threshold)
        {
            _objects = ranking.Objects[area];
            Array.Clear(_found);
            Array.Fill(Scores, double.NaN);
            Array.Fill(Precision, _objects == 0 ? double.NaN : 0);
            AveragePrecision = double.NaN;
            if (_objects == 0)
                return;
            Tally(ranking.Outcomes[area], threshold);
            ReadPrecision();
            var sum = 0.0;
            foreach (var precision in Precision)
                sum += precision;
            AveragePrecision = sum / Precision.Length;
        }

        private void Tally(uint[] outcomes, int threshold)
        {
            var (right, wrong) = (0, 0);
            for (var i = 0; i < order.Length; i++)
            {
                var outcome = outcomes[order[i]] >> threshold;
                if ((outcome & 1) != 0)
                {
                    right++;
                    for (var limit = 0; limit < DetectionLimits.Length; limit++)
                        _found[limit] += ranking.Places[order[i]] < DetectionLimits[limit] ? 1 : 0;
                }
                else if ((outcome >> CocoMatching.NotCounted & 1) == 0)
                {
                    wrong++;
                }
                _recall[i] = right / (double)_objects;
                _precision[i] = right / (right + wrong + SmallestStep);
            }
            for (var i = order.Length - 1; i > 0; i--)
                _precision[i - 1] = Math.Max(_precision[i - 1], _precision[i]);
        }

        private void ReadPrecision()
        {
            var i = 0;
            for (var r = 0; r < RecallThresholds.Length; r++)
            {
                while (i < order.Length && _recall[i] < RecallThresholds[r])
                    i++;
                if (i == order.Length)
                    return;
                (Precision[r], Scores[r]) = (_precision[i], ranking.Scores[order[i]]);
            }
        }
    }
}
