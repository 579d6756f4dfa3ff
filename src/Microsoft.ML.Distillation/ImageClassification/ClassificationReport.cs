using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Reports;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// Adds to the report of a run what came of it: figures of its models, mistakes, features, exits. What can't be had costs the report that part and a warning, never the run its model.
/// </summary>
internal sealed class ClassificationReport(
    ImageClassificationDistillationOptions options, TrainingInputs inputs, IReadOnlyList<string> classNames, HeldOutImages? heldOut, int threads, string folder, IChannel channel)
{
    public TrainingReport Complete(TrainingReport report, StudentRuns runs, EarlyExitModels? exits)
    {
        if (heldOut is not null)
            channel.Info(MessageSensitivity.None, $"Measuring on {heldOut.Store.Count} validation images.");
        var teacher = heldOut is null || options.Teacher is null ? null : new HeldOutTeacher(options.Teacher, heldOut, classNames, MethodLosses.NeedsOf(options.Methods), threads);
        var (teacherLook, teacherLatency) = teacher is null ? default : Try("the teacher on the validation images", teacher.Measure);
        return report with
        {
            Checkup = [.. report.Checkup, .. Gain(teacherLook?.Scores, runs.Comparison)],
            Classes = classNames,
            IsDistilled = options.Methods.Count > 0,
            StudentFigures = Student(runs.Returned, teacherLook?.Scores, runs.Comparison?.Seeds.Select(s => s.Distilled)),
            BaselineFigures = runs.Baseline is null ? null : Student(runs.Baseline, teacherLook?.Scores, runs.Comparison?.Seeds.Select(s => s.Baseline)),
            TeacherFigures = inputs.Teacher is null ? null : Teacher(teacherLook, teacherLatency),
            Comparison = runs.Comparison,
            Features = heldOut is null ? null : Try("features", () => Features(runs.Returned.HeldOut?.Vectors, teacherLook?.Vectors)),
            Mistakes = heldOut is null ? [] : Try("mistakes", () => Mistakes(runs.Returned.HeldOut?.Scores, teacherLook?.Scores, teacher)) ?? [],
            Exits = exits is null ? [] : Try("early exits", () => exits.Measure(heldOut?.Store)) ?? [],
        };
    }

    /// <summary>Whether the teacher knows more than the students that learned without it.</summary>
    private IEnumerable<CheckupFinding> Gain(ClassScores? teacher, BaselineComparison? comparison)
    {
        if (options.Checkup is null || teacher is null || comparison is null)
            yield break;
        var finding = TeacherGain.IsTeacherBetter(teacher.Accuracy, [.. comparison.Seeds.Select(seed => seed.Baseline)], comparison.Images);
        finding.Log(channel);
        yield return finding;
    }

    private ModelFigures Student(StudentRun run, ClassScores? teacher, IEnumerable<double>? accuracies)
    {
        var seconds = run.History.Clock.TotalSeconds;
        var figures = Figures(run.HeldOut?.Scores) with
        {
            TeacherAgreement = teacher is null ? null : run.HeldOut?.Scores?.Agreement(teacher),
            Parameters = inputs.Student.CountParameters(),
            ModelBytes = run.Onnx.LongLength,
            LatencyMs = Try<double?>("the student's latency", () => Latency.OfModel(run.Onnx, inputs.Training.Size, threads)),
            SecondsPerEpoch = run.History.SecondsPerEpoch,
            ImagesPerSecond = run.History.Images / seconds,
            ValidationAccuracy = run.History.ValidationAccuracy,
            Evidence = run.Evidence,
        };
        List<double> all = [.. accuracies ?? []];
        return all.Count == 0 ? figures : figures with { Accuracies = all, Accuracy = all.Average() };
    }

    private ModelFigures Teacher(HeldOutLook? look, double? latency) => Figures(look?.Scores) with
    {
        Parameters = inputs.Teacher!.Session.ParameterCount,
        ModelBytes = inputs.Teacher.Session.ModelBytes,
        LatencyMs = latency,
    };

    private ModelFigures Figures(ClassScores? scores)
    {
        if (scores is null)
            return new ModelFigures();
        var (confusion, bins) = (scores.Confusion(classNames.Count), Calibration.Bins(scores));
        return new ModelFigures
        {
            Accuracy = scores.Accuracy,
            Ece = Calibration.Error(bins),
            Calibration = bins,
            PerClass = ClassFigures.Of(confusion, classNames),
            Confusion = confusion,
        };
    }

    private FeatureFigures? Features(IReadOnlyList<float[]>? student, IReadOnlyList<float[]>? teacher)
    {
        int[] labels = [.. heldOut!.VectorRows.Select(row => heldOut.Store.Labels[row])];
        if (student is null || labels.Distinct().Count() < 2)
            return null;
        return new FeatureFigures
        {
            DirectionAlignment = teacher is not null && teacher[0].Length == student[0].Length ? FeatureDiagnostics.Measure(student, teacher, labels).DirectionAlignment : null,
            BetweenClassCosine = FeatureDiagnostics.Measure(student, student, labels).BetweenClassCosine,
            TeacherBetweenClassCosine = teacher is null ? null : FeatureDiagnostics.Measure(teacher, teacher, labels).BetweenClassCosine,
        };
    }

    private IReadOnlyList<Mistake> Mistakes(ClassScores? student, ClassScores? teacherScores, HeldOutTeacher? teacher)
    {
        if (student is null || student.Accuracy == 1)
            return [];
        var gallery = new MistakeGallery(heldOut!, classNames, folder);
        return teacher is null ? Show(null) : teacher.UseMaps(Show);

        IReadOnlyList<Mistake> Show(OpenedTeacher? maps) => gallery.Show(
            student, teacherScores, (pixels, _) => inputs.Student.call(PixelTensor.ForNetwork(inputs.StudentView.Apply(pixels))), maps is null ? null : maps.Forward);
    }

    private T? Try<T>(string what, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (OperationCanceledException) when (options.OnCancellation == CancellationResult.ReturnBest)
        {
            return default;
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            channel.Warning(MessageSensitivity.None, $"The report goes without {what}: {error.Message}");
            return default;
        }
    }
}
