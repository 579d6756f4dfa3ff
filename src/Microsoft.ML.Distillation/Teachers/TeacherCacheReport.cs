namespace Microsoft.ML.Distillation;

/// <summary>What the teacher cache did in a run. See <see cref="TeacherCacheOptions"/>.</summary>
public sealed class TeacherCacheReport
{
    /// <summary>Whether it was on, and of what it kept outputs, or why it was off: <c>on, images and their mirror images</c>.</summary>
    public required string State { get; init; }

    /// <summary>Images of training batches for which the teacher was asked.</summary>
    public long Asked { get; init; }

    /// <summary>Images of training batches for which an earlier answer was used.</summary>
    public long Reused { get; init; }

    /// <summary>Share of images for which an earlier answer was used, 0…1.</summary>
    public double HitRate => Asked + Reused == 0 ? 0 : Reused / (double)(Asked + Reused);

    /// <summary>Bytes of memory set aside for answers.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Bytes of temporary files set aside for answers.</summary>
    public long FileBytes { get; init; }

    /// <inheritdoc/>
    public override string ToString() => State.StartsWith("off", StringComparison.Ordinal)
        ? State
        : FormattableString.Invariant($"{State}; {Reused} of {Asked + Reused} answers reused ({100 * HitRate:0.#} %), {MemoryBytes} bytes of memory, {FileBytes} of files");
}
