using Microsoft.ML.Distillation;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>The ONNX classifier of <c>--teacher</c>. It says how likely each class is against all others, so that it can teach only while it knows all of them.</summary>
internal sealed class ClassificationTeacher(AppOptions app, ILogger<ClassificationTeacher> log)
{
    private readonly OnnxTeacher? _teacher = app.Teacher is null ? null : OnnxTeacher.FromFile(app.Teacher, new OnnxTeacherOptions { ClassNames = app.TeacherClasses });

    /// <inheritdoc cref="Detection.DetectionTeacher.Check"/>
    public void Check(IReadOnlyList<string> classes)
    {
        if (_teacher is not null && TeacherNames.Require(app.Teacher!, _teacher.ClassNames, classes).Count < classes.Count)
            Warn(classes);
    }

    /// <returns>The teacher; null where it does not know all of a run's classes.</returns>
    public OnnxTeacher? For(IReadOnlyList<string> classes)
    {
        if (_teacher is null || classes.All(_teacher.ClassNames!.Contains))
            return _teacher;
        Warn(classes);
        return null;
    }

    private void Warn(IReadOnlyList<string> classes) => log.LogWarning(
        "The teacher '{File}' does not know {Unknown}: it teaches nothing while images have such labels.", app.Teacher, string.Join(", ", classes.Except(_teacher!.ClassNames!)));
}
