using System.Globalization;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>What befell a training, in sentences.</summary>
internal static class CourseNotes
{
    public static Html Write(TrainingReport report)
    {
        var notes = Notes(report).ToList();
        return notes.Count == 0 ? Html.None : Html.Of($"""<ul class="notes">{Html.Join(notes.Select(note => Html.Of($"<li>{note}</li>")))}</ul>""");
    }

    private static IEnumerable<string> Notes(TrainingReport report)
    {
        if (report.ResumedAt > 0)
            yield return $"It went on from step {Text.Count(report.ResumedAt)} of a checkpoint.";
        foreach (var retry in report.Retries)
            yield return retry;
        if (report.Anchors is { } anchors)
            yield return $"Anchors can answer for {Text.Percent(anchors.BestPossibleRecall)} of the training boxes (best possible recall); the student's own, for {Text.Percent(anchors.OwnBestPossibleRecall)}.";
        if (report.StoppedEarly)
            yield return $"It was stopped early, after {report.Epochs} epochs.";
        if (report.Cancelled)
            yield return $"It was cancelled after {report.Epochs} whole epochs; the model is what there was.";
        if (report.BestEpoch is { } best)
            yield return $"The best epoch on the validation images is {best}.";
        if (report.MethodFactors.Count > 0)
            yield return "Methods were balanced by these factors: " + string.Join(", ", report.MethodFactors.Select(f => $"{f.Key} {f.Value.ToString("0.###", CultureInfo.InvariantCulture)}")) + ".";
    }
}
