using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// What a teacher said of an image is kept and used again when the very same view of the image comes back: its logits, feature maps and embedding, as the methods want them.
/// </summary>
/// <remarks>
/// <para>
/// On by itself where views come back: without augmentation, and with nothing but flips (an image and its mirror image are two views, each shown to the teacher once: a map's mirror image
/// is not the mirror image's map). Crops and cutouts are new in every epoch, so that nothing could be used again; <see cref="Views"/> replays a fixed number of them.
/// Off where a method needs gradients of the teacher, and where images are mixed of two. The training report says whether it was on, why not, and how often it was of use.
/// </para>
/// <para>
/// It changes no result but through <see cref="Views"/>: on a CPU with one thread the student is the same bit for bit, as far as the teacher's outputs for an image don't depend on
/// how many others are in its batch (ONNX Runtime's and libtorch's don't, above one). A view takes four bytes for each value of the teacher's outputs: for logits of 100 classes, 400 bytes; for a map of 64×32×32, 256 KiB.
/// </para>
/// </remarks>
public sealed class TeacherCacheOptions
{
    /// <summary>Memory for teacher outputs, in bytes; what doesn't fit goes to files.</summary>
    /// <value>0 or more; default 2 GiB.</value>
    public long MemoryBudget { get; init; } = 2L << 30;

    /// <summary>Room for teacher outputs in memory-mapped files in the context's temporary folder, in bytes. What doesn't fit there either is asked of the teacher every time.</summary>
    /// <value>0 or more; default 8 GiB.</value>
    public long FileBudget { get; init; } = 8L << 30;

    /// <summary>
    /// K: every image has K augmented views, those of the first K epochs, which student and teacher then see again and again; the teacher is asked K times an image. Less variety for the student
    /// against less work of the teacher.
    /// </summary>
    /// <value>At least 1; default null, for new views in every epoch.</value>
    public int? Views { get; init; }

    internal void Validate(Faults faults)
    {
        faults.AddIf(MemoryBudget < 0, $"TeacherCache.MemoryBudget is {MemoryBudget}; it must be 0 or more bytes.");
        faults.AddIf(FileBudget < 0, $"TeacherCache.FileBudget is {FileBudget}; it must be 0 or more bytes.");
        faults.AddIf(Views < 1, $"TeacherCache.Views is {Views}; it must be at least 1, or null for new views in every epoch.");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"memory {MemoryBudget} files {FileBudget}") + (Views is { } views ? FormattableString.Invariant($" views {views}") : "");
}
