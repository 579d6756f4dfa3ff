using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>A loaded detector whose predictions come in the order of the student's classes, where a method compares them.</summary>
internal sealed class OpenedDetectorTeacher : IDisposable
{
    private const int BoxColumns = 5; // x, y, w, h, objectness
    private readonly Tensor? _columns;
    private readonly int? _classes;

    private OpenedDetectorTeacher(DetectorTeacher teacher, DetectorTeacherSession session, ImageSize? size, Tensor? columns, int? classes) =>
        (Teacher, Session, ImageSize, _columns, _classes) = (teacher, session, size, columns, classes);

    /// <summary>What was opened.</summary>
    public DetectorTeacher Teacher { get; }

    public string Name => Teacher.Name;

    /// <summary>Its classes, which are the student's where nothing else names any.</summary>
    /// <exception cref="InvalidDataException">They are not known.</exception>
    public IReadOnlyList<string> ClassNames => Session.ClassNames
        ?? throw new InvalidDataException($"{Name} tells {Session.ClassCount} classes apart and does not name them, and there are no labels that would: give it its class names.");

    public DetectorTeacherSession Session { get; }

    /// <summary>The size of the student's images that a method asks for, since the teacher takes no other; null for any.</summary>
    public ImageSize? ImageSize { get; }

    /// <param name="input">Size of the student's input, at which the teacher is to work where a method learns from it.</param>
    /// <param name="methods">What is to be learned from it.</param>
    /// <param name="classes">The student's; null for the teacher's own.</param>
    /// <exception cref="InvalidDataException">The teacher can't be used, not at that size, or not with these classes.</exception>
    public static OpenedDetectorTeacher Open(DetectorTeacher teacher, DetectorTeacherSettings settings, ImageSize? input, IEnumerable<DetectionMethod> methods, IReadOnlyList<string>? classes)
    {
        var session = teacher.Open(settings);
        try
        {
            var own = methods.Any(method => method.Needs != DetectionParts.None) ? session.InputSize : null;
            if (own is { } size)
                CheckSize(teacher.Name, size, input ?? size);
            if (classes is null || !methods.Any(method => method.ComparesClasses) || ClassMatch.Find(teacher.Name, session.ClassNames, session.ClassCount, classes) is not { } match)
                return new OpenedDetectorTeacher(teacher, session, own, null, null);
            using var scope = NewDisposeScope();
            var shared = session.Anchors is null ? 0 : BoxColumns;
            var columns = tensor([.. Enumerable.Range(0, shared).Select(column => (long)column), .. match.Select(place => (long)(shared + place))]).to(settings.Device);
            return new OpenedDetectorTeacher(teacher, session, own, columns.DetachFromDisposeScope(), match.Length);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>What <see cref="Forward"/> gives; null for a teacher of boxes alone.</summary>
    public DetectorShape? Describe(ImageSize input) => Session.Describe(input) is { } shape ? shape with { Classes = _classes ?? shape.Classes } : null;

    /// <param name="pixels">RGB 0…255, float N×3×H×W.</param>
    public DetectionOutput Forward(Tensor pixels)
    {
        // What the network made in between ends here, not with the student's step.
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var output = Session.Forward(pixels);
        if (_columns is not null)
            output = output with { Heads = [.. output.Heads.Select(head => head.index_select(-1, _columns))] };
        foreach (var kept in output.Heads.Concat(output.Features).Concat(output.Boxes))
            kept.MoveToOuterDisposeScope();
        return output;
    }

    public void Dispose()
    {
        _columns?.Dispose();
        Session.Dispose();
    }

    private static void CheckSize(string teacher, ImageSize own, ImageSize student)
    {
        if (!DetectorModule.Takes(own))
        {
            throw new InvalidDataException($"{teacher} takes images of {own} alone, and a student's have sides that are multiples of {DetectorModule.SizeStep}: raw predictions and feature maps of other sizes "
                + "can't be compared. Export the teacher for such a size, or learn from what it finds (PseudoLabels).");
        }
        if (own != student)
        {
            throw new InvalidDataException($"{teacher} takes images of {own} alone, and the student's are {student}: raw predictions and feature maps of other sizes can't be compared. "
                + $"Set ImageSize to {own}, or export the teacher for {student}.");
        }
    }
}
