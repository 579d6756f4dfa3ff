using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Measures a teacher on labelled images, prepared as for training.</summary>
internal static class TeacherEvaluation
{
    /// <summary>For a teacher that goes by rows: its images are only read, not looked at.</summary>
    private static readonly ImageSize Unseen = new(8, 8);

    public static TeacherMetrics Evaluate(
        MLContext ml, Teacher teacher, IDataView data, string labelColumn, string imageColumn, ImageResizingEstimator.ResizingKind resizing, ImageSize? imageSize)
    {
        Validate(teacher);
        var label = LabelColumn.Find(data.Schema, labelColumn);
        using var opened = OpenedTeacher.Open(teacher, new TeacherSettings(CPU, ThreadLimit.Default) { Rows = data }, label.ClassNames);
        var session = opened.Session;
        using var store = Read(ml, data, label, opened, imageColumn, resizing, imageSize);
        var predicted = TeacherScoring.Predict(opened, store, [.. Enumerable.Range(0, store.Count)], CPU);
        return new TeacherMetrics
        {
            Rows = store.Count,
            Accuracy = predicted.Zip(store.Labels).Count(p => p.First == p.Second) / (double)store.Count,
            Parameters = session.ParameterCount,
            ModelBytes = session.ModelBytes,
        };
    }

    public static IReadOnlyList<CheckupFinding> Check(
        MLContext ml, Teacher teacher, IDataView data, IReadOnlyList<DistillationMethod> methods, string labelColumn, string imageColumn, ImageResizingEstimator.ResizingKind resizing,
        ImageSize? imageSize, CheckupOptions options)
    {
        Validate(teacher, methods, options);
        var label = LabelColumn.Find(data.Schema, labelColumn);
        // Without a method that learns from it, it is still to be told whether it could be learned from.
        var wanted = MethodLosses.NeedsOf(methods) & ~TeacherParts.Gradients;
        var settings = new TeacherSettings(CPU, ThreadLimit.Default, wanted == TeacherParts.None ? TeacherParts.Logits : wanted) { Rows = data };
        using var opened = OpenedTeacher.Open(teacher, settings, label.ClassNames);
        using var store = Read(ml, data, label, opened, imageColumn, resizing, imageSize);
        return new TeacherCheckup(options, ((IHostEnvironment)ml).Register(nameof(TeacherCheckup)).Rand.Next(), CPU).Run(opened, store, label.ClassNames, methods);
    }

    private static PixelStore Read(
        MLContext ml, IDataView data, LabelColumn label, OpenedTeacher teacher, string imageColumn, ImageResizingEstimator.ResizingKind resizing, ImageSize? imageSize)
    {
        var preparation = new ImagePreparation(ml, imageColumn, StoredSize(teacher, imageSize), resizing);
        return PixelStore.Filled(
            preparation.Size, PixelStore.DefaultMemoryBudget, PixelStore.TemporaryFolder(ml), store => ImageReader.Read(data, preparation, label, store, "evaluation", null, CancellationToken.None));
    }

    /// <exception cref="ArgumentException">The teacher has faults; the message lists them all.</exception>
    private static void Validate(Teacher teacher, IEnumerable<DistillationMethod>? methods = null, CheckupOptions? options = null)
    {
        var faults = new Faults("Teacher");
        teacher.Validate(faults);
        foreach (var method in methods ?? [])
            method.Validate(faults);
        options?.Validate(faults);
        faults.ThrowIfAny(nameof(teacher));
    }

    /// <summary>The size images are stored at: as for training, the larger of the teacher's own and the one asked for.</summary>
    /// <exception cref="ArgumentException">The teacher takes any size, and none is asked for.</exception>
    private static ImageSize StoredSize(OpenedTeacher teacher, ImageSize? asked)
    {
        if (asked is { } given && (given.Width < 1 || given.Height < 1))
            throw new ArgumentException($"imageSize is {given}; both sides must be at least 1 pixel.", "imageSize");
        return (teacher.Session.InputSize, asked) switch
        {
            ({ } own, { } wanted) => new ImageSize(Math.Max(own.Width, wanted.Width), Math.Max(own.Height, wanted.Height)),
            ({ } own, null) => own,
            (null, { } wanted) => wanted,
            _ when !teacher.Session.LooksAtPixels => Unseen,
            _ => throw new ArgumentException($"{teacher.Name} takes images of any size, and its answers depend on it: say at which (imageSize), such as the student's.", "imageSize"),
        };
    }
}
