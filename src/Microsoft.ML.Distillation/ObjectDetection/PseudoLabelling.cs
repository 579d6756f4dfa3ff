using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Makes labels of what a teacher finds on stored images.</summary>
internal static class PseudoLabelling
{
    private const int MostImages = 64, MostBytes = 32 << 20;

    /// <summary>Images to show a teacher at a time.</summary>
    public static int BatchOf(PixelStore pixels) => Math.Clamp(MostBytes / pixels.RowBytes, 1, MostImages);

    /// <param name="pixels">The images as the teacher is to see them.</param>
    /// <param name="shown">Where the images lie in those pixels.</param>
    /// <param name="given">What is known to be on the images, and where they lie in their stored pixels, which may be others.</param>
    /// <param name="toStudent">The student's class for each of the teacher's, or −1 (<see cref="DetectorClassMatch"/>).</param>
    /// <param name="onImage">Called with the number of images labelled so far.</param>
    /// <returns>New labels: what is given is kept where <see cref="PseudoLabelOptions.AddMissing"/> says so, and replaced where not.</returns>
    public static BoxStore Label(
        DetectorTeacherSession teacher, PixelStore pixels, BoxStore shown, BoxStore given, IReadOnlyList<int> toStudent, PseudoLabelOptions options, Device device,
        CancellationToken cancellation, Action<int>? onImage = null)
    {
        var labels = new BoxStore();
        VisitFound(teacher, pixels, toStudent, options.ScoreThreshold, device, cancellation, (row, found) =>
        {
            Add(labels, given, row, Array.ConvertAll(found, one => one.Moved(shown.Letterbox(row), given.Letterbox(row))), options);
            onImage?.Invoke(row + 1);
        });
        return labels;
    }

    /// <summary>Shows a teacher all stored images.</summary>
    /// <param name="visit">Given each row in turn, and what was found: numbers as in <see cref="PseudoLabels.Rows"/>, soft, without the image.</param>
    public static void VisitFound(
        DetectorTeacherSession teacher, PixelStore pixels, IReadOnlyList<int> toStudent, double threshold, Device device, CancellationToken cancellation, Action<int, PseudoLabel[]> visit)
    {
        var match = toStudent.Select(c => (long)c).ToArray();
        StoredBatches.Visit(pixels, [.. Enumerable.Range(0, pixels.Count)], BatchOf(pixels), device, (batch, asked, first) =>
        {
            var found = teacher.Detect(batch, [.. asked.Select(pixels.Place)]);
            var classes = found.Classes.shape[0] == 0 ? found.Classes : tensor(match).index_select(0, found.Classes.cpu());
            var rows = MemoryMarshal.Cast<byte, float>(PseudoLabels.Rows(found.Image, found.Boxes, found.Scores, classes, threshold, soft: true).contiguous().bytes);
            var byImage = Enumerable.Range(0, asked.Length).Select(_ => new List<PseudoLabel>()).ToArray();
            for (var at = 0; at < rows.Length; at += PseudoLabel.Length)
                byImage[(int)rows[at]].Add(PseudoLabel.Of(rows[at..]));
            for (var i = 0; i < asked.Length; i++)
                visit(asked[i], [.. byImage[i]]);
        }, cancellation);
    }

    private static void Add(BoxStore labels, BoxStore given, int row, PseudoLabel[] found, PseudoLabelOptions options)
    {
        var letterbox = given.Letterbox(row);
        var kept = options.AddMissing ? given.Boxes(row).ToArray() : [];
        var (classes, boxes, confidences) = (new List<int>(), new List<float>(kept), new List<float>());
        if (options.AddMissing)
        {
            classes.AddRange(given.Classes(row));
            confidences.AddRange(given.Confidences(row));
        }
        var cut = new float[4];
        foreach (var one in found)
        {
            if (!Cut(one, letterbox, cut) || Overlaps(cut, kept, options.OverlapThreshold))
                continue;
            classes.Add(one.Class);
            boxes.AddRange(cut);
            confidences.Add(one.Score);
        }
        ReadOnlySpan<float> sure = options.SoftConfidences ? CollectionsMarshal.AsSpan(confidences) : [];
        labels.AddStored(letterbox, CollectionsMarshal.AsSpan(classes), CollectionsMarshal.AsSpan(boxes), sure);
    }

    /// <summary>Cuts a box to the image: around it there is nothing to be found.</summary>
    private static bool Cut(PseudoLabel found, Letterbox image, Span<float> cut)
    {
        var (right, bottom) = (image.X + image.Width, image.Y + image.Height);
        (cut[0], cut[2]) = (Math.Clamp(found.X0, image.X, right), Math.Clamp(found.X1, image.X, right));
        (cut[1], cut[3]) = (Math.Clamp(found.Y0, image.Y, bottom), Math.Clamp(found.Y1, image.Y, bottom));
        return cut[2] > cut[0] && cut[3] > cut[1];
    }

    private static bool Overlaps(ReadOnlySpan<float> box, ReadOnlySpan<float> given, double threshold)
    {
        for (var at = 0; at < given.Length; at += 4)
        {
            if (NonMaximumSuppression.IoU(box, given.Slice(at, 4)) >= threshold)
                return true;
        }
        return false;
    }
}

/// <summary>An object that a teacher found, in stored pixels, by the student's class.</summary>
internal readonly record struct PseudoLabel(int Class, float X0, float Y0, float X1, float Y1, float Score)
{
    /// <summary>Numbers of a row of <see cref="PseudoLabels.Rows"/>: image, class, x0 y0 x1 y1, score.</summary>
    public const int Length = 7;

    /// <summary>The same object where the image lies elsewhere.</summary>
    public PseudoLabel Moved(Letterbox from, Letterbox to)
    {
        if (from == to)
            return this;
        Span<float> box = [X0, Y0, X1, Y1];
        from.ToImage(box, box);
        to.ToInput(box, box);
        return this with { X0 = box[0], Y0 = box[1], X1 = box[2], Y1 = box[3] };
    }

    public static PseudoLabel Of(ReadOnlySpan<float> row) => new((int)row[1], row[2], row[3], row[4], row[5], row[6]);
}
