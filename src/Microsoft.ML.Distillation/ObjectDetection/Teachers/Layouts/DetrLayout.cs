using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>Logits of Q queries and boxes N×Q×4, centre and size as shares of the input. Queries don't repeat each other: nothing is suppressed.</summary>
/// <param name="sigmoid">Whether logits are N×Q×C, each class for itself, and not N×Q×(C+1), the last for no object.</param>
internal sealed class DetrLayout(string logits, string boxes, int classes, bool sigmoid) : DetectorLayout(sigmoid ? DetectorOutputLayout.DetrSigmoid : DetectorOutputLayout.Detr, [logits, boxes])
{
    public override int? ClassCount => classes;

    public override bool IsFromImageNet => true;

    private int Columns => sigmoid ? classes : classes + 1;

    /// <summary>As many logits as there are class names leave none for no object: then each is for itself.</summary>
    public static DetectorLayout? Find(LayoutClues clues) => Find(clues, columns => !clues.IsNamed && clues.Options.ClassNames?.Count == columns);

    /// <summary>By name alone: without class names there is no telling.</summary>
    public static DetectorLayout? FindSigmoid(LayoutClues clues) => clues.IsNamed ? Find(clues, _ => true) : null;

    public override void Read(LayoutValues values, Suppression suppression, FoundList found)
    {
        var (logits, boxes) = (values.Batch(Outputs[0], 3, Columns, sigmoid ? "N×Q×classes" : "N×Q×(classes+1)"), values.Batch(Outputs[1], 3, 4, "N×Q×4").Floats);
        var queries = (int)logits.Shape[1];
        for (var image = 0; image < values.Images; image++)
        {
            var scored = Enumerable.Range(image * queries, queries).SelectMany(query => Scores(logits.Floats.AsSpan(query * Columns, Columns)).Select(one => (Query: query, one.Class, one.Score)))
                .Where(one => one.Score > suppression.ScoreThreshold);
            foreach (var (query, @class, score) in sigmoid ? scored.OrderByDescending(one => one.Score).Take(suppression.Maximum) : scored)
            {
                var box = Box(boxes.AsSpan(4 * query, 4), values.Input);
                if (NonMaximumSuppression.IsFinite(box))
                    found.Add(values.FirstImage + image, box, score, @class);
            }
        }
    }

    private static DetrLayout? Find(LayoutClues clues, Func<long, bool> isSigmoid)
    {
        var (boxes, logits) = (clues.Named("pred_boxes"), clues.Named("logits"));
        if (clues.IsNamed)
        {
            boxes ??= clues.Outputs.FirstOrDefault(o => o is { IsBoxes: true, Shape.Length: 3 });
            logits ??= clues.Outputs.FirstOrDefault(o => o != boxes && !o.IsInteger && o.Shape.Length == 3 && o.Shape[1] == boxes?.Shape[1]);
        }
        if (boxes is not { IsBoxes: true, Shape.Length: 3 } || logits is not { IsInteger: false, Shape: [_, var queries, var columns] } || queries != boxes.Shape[1])
            return null;
        if (isSigmoid(columns))
            return new DetrLayout(logits.Name, boxes.Name, (int)columns, sigmoid: true);
        return columns > 1 ? new DetrLayout(logits.Name, boxes.Name, (int)columns - 1, sigmoid: false) : null;
    }

    private (int Class, float Score)[] Scores(ReadOnlySpan<float> logits)
    {
        if (!sigmoid)
            return [Likeliest(logits)];
        var scores = new (int, float)[logits.Length];
        for (var c = 0; c < logits.Length; c++)
            scores[c] = (c, 1 / (1 + MathF.Exp(-logits[c])));
        return scores;
    }

    private static float[] Box(ReadOnlySpan<float> shares, ImageSize input)
    {
        var (x, y, width, height) = (shares[0] * input.Width, shares[1] * input.Height, shares[2] * input.Width, shares[3] * input.Height);
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    }

    private static (int Class, float Score) Likeliest(ReadOnlySpan<float> logits)
    {
        var (best, most, sum) = (0, logits[^1], 0f);
        for (var c = 0; c < logits.Length - 1; c++)
        {
            best = logits[c] > logits[best] ? c : best;
            most = Math.Max(most, logits[c]);
        }
        foreach (var logit in logits)
            sum += MathF.Exp(logit - most);
        return (best, MathF.Exp(logits[best] - most) / sum);
    }
}
