using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Teachers.Layouts;

/// <summary>Logits N×Q×(C+1), the last for no object, and boxes N×Q×4, centre and size as shares of the input. Queries don't repeat each other: nothing is suppressed.</summary>
internal sealed class DetrLayout(string logits, string boxes, int classes) : DetectorLayout(DetectorOutputLayout.Detr, [logits, boxes])
{
    public override int? ClassCount => classes;

    public override bool IsFromImageNet => true;

    public static DetectorLayout? Find(LayoutClues clues)
    {
        var (boxes, logits) = (clues.Named("pred_boxes"), clues.Named("logits"));
        if (clues.IsNamed)
        {
            boxes ??= clues.Outputs.FirstOrDefault(o => o is { IsBoxes: true, Shape.Length: 3 });
            logits ??= clues.Outputs.FirstOrDefault(o => o != boxes && !o.IsInteger && o.Shape.Length == 3 && o.Shape[1] == boxes?.Shape[1]);
        }
        return boxes is { IsBoxes: true, Shape.Length: 3 } && logits is { IsInteger: false, Shape: [_, var queries, > 1 and var scores] } && queries == boxes.Shape[1]
            ? new DetrLayout(logits.Name, boxes.Name, (int)scores - 1)
            : null;
    }

    public override void Read(LayoutValues values, Suppression suppression, FoundList found)
    {
        var (logits, boxes) = (values.Batch(Outputs[0], 3, classes + 1, "N×Q×(classes+1)"), values.Batch(Outputs[1], 3, 4, "N×Q×4").Floats);
        var queries = (int)logits.Shape[1];
        var box = new float[4];
        for (var query = 0; query < values.Images * queries; query++)
        {
            var (@class, score) = Likeliest(logits.Floats.AsSpan(query * (classes + 1), classes + 1));
            if (!(score > suppression.ScoreThreshold))
                continue;
            var (x, y) = (boxes[4 * query] * values.Input.Width, boxes[4 * query + 1] * values.Input.Height);
            var (width, height) = (boxes[4 * query + 2] * values.Input.Width, boxes[4 * query + 3] * values.Input.Height);
            (box[0], box[1], box[2], box[3]) = (x - width / 2, y - height / 2, x + width / 2, y + height / 2);
            if (NonMaximumSuppression.IsFinite(box))
                found.Add(values.FirstImage + query / queries, box, score, @class);
        }
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
