using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>Measures a detector teacher on labelled images, prepared as for training.</summary>
internal static class DetectorTeacherEvaluation
{
    /// <summary>For a teacher that goes by rows: its images are only read, not looked at.</summary>
    private static readonly ImageSize Unseen = new(64, 64);

    public static DetectionMetrics Evaluate(
        MLContext ml, DetectorTeacher teacher, IDataView data, string labelColumn, string boundingBoxColumn, string imageColumn, ImageSize? imageSize)
    {
        Validate(teacher, imageSize, null);
        var columns = ObjectColumns.Find(data.Schema, labelColumn, boundingBoxColumn);
        using var session = teacher.Open(new DetectorTeacherSettings(CPU, ThreadLimit.Default, DetectionParts.None) { Rows = data });
        var match = DetectorClassMatch.Find(teacher.Name, session, columns.ClassNames);
        using var images = ReadImages(ml, data, imageColumn, SizeFor(teacher, session, imageSize));
        var detections = new DetectedObject[images.Count][];
        PseudoLabelling.VisitFound(
            session, images.Pixels, match, 0, CPU, CancellationToken.None, (row, found) => detections[row] = [.. found.Select(f => InImage(f, images.Boxes.Letterbox(row))).Where(f => f is { Width: > 0, Height: > 0 })]);
        var objects = ReadObjects(data, columns, images.Boxes);
        return CocoEvaluation.Evaluate(columns.ClassNames, [.. objects.Zip(detections, (given, found) => new EvaluatedImage(given, found))]);
    }

    /// <summary>What a run's check-up finds, by itself.</summary>
    public static IReadOnlyList<CheckupFinding> Check(
        MLContext ml, DetectorTeacher teacher, IDataView data, string labelColumn, string boundingBoxColumn, string imageColumn, ImageSize? imageSize, CheckupOptions options)
    {
        Validate(teacher, imageSize, options);
        var columns = ObjectColumns.Find(data.Schema, labelColumn, boundingBoxColumn);
        using var session = teacher.Open(new DetectorTeacherSettings(CPU, ThreadLimit.Default, DetectionParts.None) { Rows = data });
        using var images = ReadImages(ml, data, imageColumn, SizeFor(teacher, session, imageSize), columns);
        DetectionChecks.HasObjects(images, "evaluation");
        return new DetectorCheckup(options, 0, CPU).Run(teacher.Name, session, images, columns.ClassNames);
    }

    private static void Validate(DetectorTeacher teacher, ImageSize? imageSize, CheckupOptions? options)
    {
        var faults = new Faults("Teacher");
        teacher.Validate(faults);
        options?.Validate(faults);
        faults.AddIf(imageSize is { } asked && (asked.Width < 1 || asked.Height < 1), $"imageSize is {imageSize}; both sides must be at least 1 pixel.");
        faults.ThrowIfAny(nameof(teacher));
    }

    private static ImageSize SizeFor(DetectorTeacher teacher, DetectorTeacherSession session, ImageSize? asked) => (session.InputSize, asked) switch
    {
        (_, { } wanted) => wanted,
        ({ } own, null) => own,
        _ when session is TransformerDetectorTeacherSession => Unseen,
        _ => throw new ArgumentException($"{teacher.Name} takes images of any size, and what it finds depends on it: say at which (imageSize), such as the student's.", "imageSize"),
    };

    private static DetectionData ReadImages(MLContext ml, IDataView data, string imageColumn, ImageSize size, ObjectColumns? columns = null) => PixelStore.Filled(
        size, PixelStore.DefaultMemoryBudget, PixelStore.TemporaryFolder(ml),
        store => ObjectDetection.DetectionReader.Read(data, new DetectorPreparation(ml, imageColumn, size), columns, store, "evaluation", null, CancellationToken.None));

    /// <summary>The true objects in pixels of the images as they are: what is small or large goes by these.</summary>
    private static List<TrueObject[]> ReadObjects(IDataView data, ObjectColumns columns, BoxStore images)
    {
        using var cursor = data.GetRowCursor([columns.Labels, columns.Boxes]);
        var row = new ObjectRow(cursor, columns);
        var all = new List<TrueObject[]>();
        while (cursor.MoveNext())
        {
            var letterbox = images.Letterbox(all.Count);
            try
            {
                row.Read(letterbox.ImageWidth, letterbox.ImageHeight, onBadObject: null);
            }
            catch (InvalidDataException fault)
            {
                throw new InvalidDataException($"Row {all.Count} of the evaluation data: {fault.Message}", fault);
            }
            var objects = new TrueObject[row.Classes.Length];
            for (var i = 0; i < objects.Length; i++)
            {
                var box = row.Boxes.Slice(4 * i, 4);
                objects[i] = new(row.Classes[i], box[0], box[1], (double)box[2] - box[0], (double)box[3] - box[1]);
            }
            all.Add(objects);
        }
        return all;
    }

    private static DetectedObject InImage(PseudoLabel found, Letterbox letterbox)
    {
        Span<float> box = [found.X0, found.Y0, found.X1, found.Y1];
        letterbox.ToImage(box, box);
        return new(found.Class, box[0], box[1], (double)box[2] - box[0], (double)box[3] - box[1], found.Score);
    }
}
