using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// A run's teacher on held-out images. It is opened anew: a teacher that goes by rows is to look at other rows than in training, and a report shows more of it than methods may want.
/// </summary>
internal sealed class HeldOutTeacher(Teacher teacher, HeldOutImages images, IReadOnlyList<string> classNames, TeacherParts needed, int threads)
{
    private bool _goesByRows;

    /// <summary>What the teacher says of all images, and what it costs.</summary>
    /// <exception cref="InvalidDataException">The teacher can't look at these images.</exception>
    public (HeldOutLook Look, double? LatencyMs) Measure()
    {
        using var opened = OpenFirst(WantedParts());
        _goesByRows = opened.Session.ScoredBeforehand;
        if (_goesByRows && images.Rows is null)
            throw new InvalidDataException($"{teacher.Name} goes by rows, and the held-out images are not a data view's rows.");
        return (images.Look((pixels, rows) => opened.Forward(pixels, images.Store, rows)), opened.Session is OnnxTeacherSession session ? MedianLatency(session) : null);
    }

    /// <summary>After measuring: its feature maps, for as long as <paramref name="use"/> lasts; null where it gives none.</summary>
    public T UseMaps<T>(Func<OpenedTeacher?, T> use)
    {
        using var opened = TryOpenMaps();
        return use(opened);
    }

    // Where no method learns from logits nobody has checked the order of unnamed classes, and there may be no logits at all.
    private IEnumerable<TeacherParts> WantedParts()
    {
        if ((needed & TeacherParts.Logits) != 0 || teacher.FindClassNames(images.Rows) is not null)
        {
            yield return TeacherParts.Logits | TeacherParts.Embedding;
            yield return TeacherParts.Logits;
        }
        yield return TeacherParts.Embedding;
    }

    private OpenedTeacher OpenFirst(IEnumerable<TeacherParts> wanted)
    {
        var refusals = new List<Exception>();
        foreach (var parts in wanted)
        {
            if (TryOpen(parts, refusals) is { } opened)
                return opened;
        }
        throw refusals[0];
    }

    private OpenedTeacher? TryOpenMaps()
    {
        // A teacher that goes by rows would score all of them once more.
        if (_goesByRows)
            return null;
        var opened = TryOpen(TeacherParts.Features, []);
        if (opened is not null && opened.Describe(images.Store.Size).Features.Count > 0)
            return opened;
        opened?.Dispose();
        return null;
    }

    private OpenedTeacher? TryOpen(TeacherParts parts, List<Exception> refusals)
    {
        OpenedTeacher? opened = null;
        try
        {
            opened = OpenedTeacher.Open(teacher, new TeacherSettings(images.Device, threads, parts) { Rows = images.Rows, Cancellation = images.Cancellation }, classNames);
            // Inner tensors are looked for when the size of the images is known.
            opened.Describe(images.Store.Size);
            return opened;
        }
        catch (Exception refusal) when (refusal is InvalidDataException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            opened?.Dispose();
            refusals.Add(refusal);
            return null;
        }
    }

    private double MedianLatency(OnnxTeacherSession session)
    {
        var size = session.InputSize ?? images.Store.Size;
        using var scope = NewDisposeScope();
        var image = zeros(1, 3, size.Height, size.Width, device: images.Device);
        return Latency.Median(() =>
        {
            using var once = NewDisposeScope();
            session.Forward(image);
        });
    }
}
