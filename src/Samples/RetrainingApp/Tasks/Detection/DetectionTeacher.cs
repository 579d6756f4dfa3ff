using Microsoft.ML.Distillation;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>The ONNX detector of <c>--teacher</c>. How it gives what it finds, and how it takes pixels, the library tells by its file.</summary>
internal sealed class DetectionTeacher(AppOptions app, ILogger<DetectionTeacher> log)
{
    private readonly OnnxDetectorTeacher? _teacher = app.Teacher is null ? null : OnnxDetectorTeacher.FromFile(app.Teacher, new OnnxDetectorTeacherOptions { ClassNames = app.TeacherClasses });

    /// <param name="classes">Those that people have named so far.</param>
    /// <exception cref="InvalidDataException">It is no detector, or none that knows any of these.</exception>
    public void Check(IReadOnlyList<string> classes)
    {
        if (_teacher is null)
            return;
        // Names first: a file without them may be one of those that can't be read without.
        var known = TeacherNames.Require(app.Teacher!, _teacher.ClassNames, classes);
        var found = _teacher.Inspect();
        log.LogInformation(
            "The teacher '{File}' ({Layout}, {Count} classes, pixels {Normalization}) looks for {Known}.", app.Teacher, found.Layout, found.ClassCount, found.Normalization,
            known.Count == 0 ? "what people will have named" : string.Join(", ", known));
    }

    /// <returns>The teacher; null where it knows none of a run's classes.</returns>
    public OnnxDetectorTeacher? For(IReadOnlyList<string> classes) => _teacher?.ClassNames is { } own && classes.Any(own.Contains) ? _teacher : null;
}
