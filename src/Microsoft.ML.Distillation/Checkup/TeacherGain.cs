namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Whether a teacher knows more than the student that learned alone.</summary>
internal static class TeacherGain
{
    /// <summary>Standard errors of the difference that it must exceed: about one chance in forty.</summary>
    private const double StandardErrors = 2;

    /// <summary>Compares a teacher with students of the same architecture that learned without it, all measured on the same images.</summary>
    /// <param name="teacherAccuracy">0…1.</param>
    /// <param name="baselineAccuracies">One for each seed, 0…1; at least one.</param>
    /// <param name="n">Images they were measured on.</param>
    /// <returns>A warning where the teacher is not better, or not by more than chance.</returns>
    public static CheckupFinding IsTeacherBetter(double teacherAccuracy, IReadOnlyList<double> baselineAccuracies, int n)
    {
        const string Code = "teacher-gain";
        var mean = baselineAccuracies.Average();
        var spread = baselineAccuracies.Count < 2 ? 0 : baselineAccuracies.Sum(a => (a - mean) * (a - mean)) / (baselineAccuracies.Count - 1) / baselineAccuracies.Count;
        // Taken for independent; on the same images the difference is surer than that.
        var error = Math.Sqrt((teacherAccuracy * (1 - teacherAccuracy) + mean * (1 - mean)) / n + spread);
        var measured = FormattableString.Invariant(
            $"The teacher is right on {100 * teacherAccuracy:0.##} % of {n} images, the student alone on {100 * mean:0.##} % (difference {100 * (teacherAccuracy - mean):+0.##;-0.##;0} ± {100 * error:0.##} points).");
        return teacherAccuracy - mean > StandardErrors * error
            ? new CheckupFinding(Code, CheckupSeverity.Info, measured)
            : new CheckupFinding(Code, CheckupSeverity.Warning, measured, "There is little to learn from a teacher that is no better than the student: take a larger or longer trained one, or several (EnsembleTeacher).");
    }
}
