using Microsoft.ML.Distillation.Common;

namespace Benchmarks;

/// <summary>Looks at the process' memory and handles while something runs for long: are they at the end what they were when it had warmed up?</summary>
/// <param name="what">What runs, for messages.</param>
internal sealed class Flatness(string what)
{
    /// <summary>What may be more at the end: an allocator's rounding and fragments. Over 20,000 steps a kilobyte or two a step would be more.</summary>
    private const long MemoryBound = 32 << 20;
    private const int HandleBound = 8;

    /// <summary>What part of the work warms up, and what part each end is judged by: the median of its samples.</summary>
    private const double WarmUp = .2, Window = .2;
    private const int FewestSamples = 3;
    private readonly List<(double Share, long Bytes, int Handles)> _samples = [];

    /// <param name="share">How much of the work is done, 0…1.</param>
    public void Sample(double share)
    {
        // What only waits for the collector is no leak, nor is what waits to be allocated again.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Glibc.GiveBack();
        Add(share, Environment.WorkingSet, Handles());
    }

    public void Add(double share, long bytes, int handles) => _samples.Add((share, bytes, handles));

    /// <summary>Says on the standard output what was seen.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    public string? Judge()
    {
        var warm = _samples.Where(s => s.Share >= WarmUp && s.Share < WarmUp + Window).ToList();
        var last = _samples.Where(s => s.Share >= 1 - Window).ToList();
        if (warm.Count < FewestSamples || last.Count < FewestSamples)
            return $"{what} was over too soon to tell: {warm.Count} looks after warming up and {last.Count} at the end; {FewestSamples} each are needed.";
        var (bytes, handles) = (Median(last, s => s.Bytes) - Median(warm, s => s.Bytes), Median(last, s => s.Handles) - Median(warm, s => s.Handles));
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{what}: memory {Mebibytes(Median(warm, s => s.Bytes))} MiB after warming up, {Mebibytes(Median(last, s => s.Bytes))} MiB at the end ({Mebibytes(bytes)}, {Mebibytes(MemoryBound)} allowed); handles {Median(warm, s => s.Handles)} and {Median(last, s => s.Handles)} ({HandleBound} more allowed)."));
        if (bytes > MemoryBound)
            return FormattableString.Invariant($"{what} took {Mebibytes(bytes)} MiB more memory; {Mebibytes(MemoryBound)} are allowed.");
        return handles > HandleBound ? FormattableString.Invariant($"{what} left {handles} handles open; {HandleBound} are allowed.") : null;
    }

    private static int Handles()
    {
        const string open = "/proc/self/fd";
        if (Directory.Exists(open))
            return Directory.GetFileSystemEntries(open).Length;
        using var own = System.Diagnostics.Process.GetCurrentProcess();
        return own.HandleCount;
    }

    private static long Median(List<(double Share, long Bytes, int Handles)> samples, Func<(double Share, long Bytes, int Handles), long> of) => samples.Select(of).Order().ElementAt(samples.Count / 2);

    private static string Mebibytes(long bytes) => FormattableString.Invariant($"{bytes / (double)(1 << 20):0.0}");
}
