using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What a teacher found, as targets for a student.</summary>
internal static class PseudoLabels
{
    /// <summary>The boxes that the teacher is sure enough of.</summary>
    /// <param name="image">Place of each box's image in the batch, M.</param>
    /// <param name="boxes">x0 y0 x1 y1 in pixels of the student's input, M×4.</param>
    /// <param name="scores">0…1, M.</param>
    /// <param name="classes">The student's classes, from 0: M; negative ones, which the student hasn't, are left out.</param>
    /// <param name="threshold">The lowest score that counts.</param>
    /// <param name="soft">Whether scores become confidences of the classes, a seventh column.</param>
    /// <returns>T×6 or T×7, on the CPU, of the scores' type; boxes without area, or that aren't numbers, are left out.</returns>
    public static Tensor Rows(Tensor image, Tensor boxes, Tensor scores, Tensor classes, double threshold, bool soft = false)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var type = scores.dtype;
        var columns = new List<Tensor> { image.cpu().to(type).unsqueeze(1), classes.cpu().to(type).unsqueeze(1), boxes.cpu().to(type) };
        if (soft)
            columns.Add(scores.cpu().unsqueeze(1));
        var rows = cat(columns, 1);
        var (low, high) = (rows.narrow(1, 2, 2), rows.narrow(1, 4, 2));
        var kept = scores.cpu().ge(threshold)
            .logical_and(rows.select(1, 1).ge(0))
            .logical_and(rows.isfinite().all(1))
            .logical_and(high.gt(low).all(1));
        return rows.index_select(0, kept.nonzero().flatten()).MoveToOuterDisposeScope();
    }
}
