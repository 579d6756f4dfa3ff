namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Whether a teacher knows more than the student that learned alone.</summary>
internal static class TeacherGain
{
    /// <summary>Standard errors of the difference that it must exceed: about one chance in forty.</summary>
    private const double StandardErrors = 2;

    private const string Code = "teacher-gain";

    private const string Remedy = "There is little to learn from a teacher that is no better than the student: take a larger or longer trained one";

    /// <summary>Compares a teacher with students of the same architecture that learned without it, all measured on the same images.</summary>
    /// <param name="teacherAccuracy">0…1.</param>
    /// <param name="baselineAccuracies">One for each seed, 0…1; at least one.</param>
    /// <param name="n">Images they were measured on.</param>
    /// <returns>A warning where the teacher is not better, or not by more than chance.</returns>
    public static CheckupFinding IsTeacherBetter(double teacherAccuracy, IReadOnlyList<double> baselineAccuracies, int n)
    {
        var mean = baselineAccuracies.Average();
        var spread = Variance(baselineAccuracies, mean);
        // Taken for independent; on the same images the difference is surer than that.
        var error = Math.Sqrt((teacherAccuracy * (1 - teacherAccuracy) + mean * (1 - mean)) / n + spread);
        var measured = FormattableString.Invariant(
            $"The teacher is right on {100 * teacherAccuracy:0.##} % of {n} images, the student alone on {100 * mean:0.##} % (difference {100 * (teacherAccuracy - mean):+0.##;-0.##;0} ± {100 * error:0.##} points).");
        return teacherAccuracy - mean > StandardErrors * error
            ? new CheckupFinding(Code, CheckupSeverity.Info, measured)
            : new CheckupFinding(Code, CheckupSeverity.Warning, measured, $"{Remedy}, or several (EnsembleTeacher).");
    }

    /// <summary>The same of detectors, by their mean average precision (mAP 50:95); what the choice of images makes of it is not known, so that only the seeds' spread counts.</summary>
    public static CheckupFinding IsTeacherMorePrecise(double teacher, IReadOnlyList<double> baselines, int images)
    {
        var mean = baselines.Average();
        var error = Math.Sqrt(Variance(baselines, mean));
        var measured = FormattableString.Invariant(
            $"The teacher has an mAP 50:95 of {100 * teacher:0.##} % on {images} images, the student alone {100 * mean:0.##} % (difference {100 * (teacher - mean):+0.##;-0.##;0} ± {100 * error:0.##} points).");
        return teacher - mean > StandardErrors * error
            ? new CheckupFinding(Code, CheckupSeverity.Info, measured)
            : new CheckupFinding(Code, CheckupSeverity.Warning, measured, $"{Remedy}.");
    }

    /// <summary>Of the mean; 0 of a single value.</summary>
    private static double Variance(IReadOnlyList<double> values, double mean) =>
        values.Count < 2 ? 0 : values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1) / values.Count;
}
