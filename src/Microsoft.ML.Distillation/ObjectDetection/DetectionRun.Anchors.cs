using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.ObjectDetection;

// The anchors of a run's students, and what is told of them.
internal sealed partial class DetectionRun
{
    private bool AreAnchorsFree => options.Student is { IsYolo: true, StartingPoint: null } && options.FitAnchors;

    private AnchorSet? TeacherAnchors(OpenedDetectorTeacher? teacher) =>
        AnchorChoice.OfTeacher(options.Student, teacher?.Session.Anchors, teacher?.Session.Network is not null, options.Methods);

    /// <summary>The anchors of all students of a seed, with and without a teacher; null for a student's own.</summary>
    private AnchorSet? Anchors(DetectionData training, OpenedDetectorTeacher? teacher, int runSeed) =>
        TeacherAnchors(teacher) ?? (AreAnchorsFree ? AnchorChoice.Fit(training.Boxes, options.Student.DefaultAnchors, options.YoloLoss.AnchorThreshold, runSeed) : null);

    /// <returns>Null for a student whose anchors are no matter of the data.</returns>
    private AnchorFigures? TellAnchors(BoxStore boxes, DetectorModule module, ImageSize size)
    {
        if (!options.Student.IsYolo)
            return null;
        if (AreAnchorsFree && ReferenceEquals(module.Anchors, options.Student.DefaultAnchors) && !AnchorChoice.CanFit(boxes))
        {
            channel.Warning(MessageSensitivity.None, FormattableString.Invariant(
                $"None of the {boxes.ObjectCount} training boxes has a side of {AnchorSearch.LeastSide} pixels or more in the student's input of {size}, so that its anchors are not fitted: raise ImageSize, or check that boxes are in pixels of the original image."));
        }
        var figures = AnchorChoice.Figures(boxes, options.Student.DefaultAnchors, module.Anchors, options.YoloLoss.AnchorThreshold);
        channel.Info(MessageSensitivity.None, FormattableString.Invariant(
            $"Anchors can answer for {100 * figures.BestPossibleRecall:0.00} % of the {boxes.ObjectCount} training boxes (best possible recall); the student's own, for {100 * figures.OwnBestPossibleRecall:0.00} %."));
        return figures;
    }
}
