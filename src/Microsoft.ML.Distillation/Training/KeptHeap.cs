using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// Has the C library keep what a training's steps free, and gives it back when the last training ends. A step frees all its maps, and the next asks for as many: by its own rule glibc gives large ones back to the system
/// between, which fetches, zeroes and maps every page of them anew in every step; up to a quarter of the time where maps are large. What the environment says of it (<c>MALLOC_…_</c>, <c>GLIBC_TUNABLES</c>) holds.
/// </summary>
internal sealed class KeptHeap : IDisposable
{
    private const int Kept = 1 << 30, Pad = 64 << 20;

    // Where glibc's own rule ends up once a program has freed blocks of that size, and the most that older versions take.
    private const int UsualMap = 32 << 20, UsualTrim = 2 * UsualMap, UsualPad = 128 << 10;
    private static readonly Lock _gate = new();
    private static int _holders;
    private bool _ended;

    /// <summary>Whether there is such a heap and nobody has said what it is to do.</summary>
    public static bool IsInCharge { get; } = Glibc.IsThere
        && !new[] { "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_" }.Any(name => Environment.GetEnvironmentVariable(name) is not null)
        && Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains("glibc.malloc.", StringComparison.Ordinal) != true;

    public KeptHeap()
    {
        lock (_gate)
        {
            if (_holders++ == 0 && IsInCharge)
                Set(Kept, Kept, Pad);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
            if (--_holders > 0 || !IsInCharge)
                return;
            // A thread's own heap looks at what it keeps when a block of that size is freed in it, and at no other time.
            Set(0, UsualMap, UsualPad);
            Marshal.FreeHGlobal(Marshal.AllocHGlobal(UsualPad));
            Set(UsualTrim, UsualMap, UsualPad);
            Glibc.GiveBack();
        }
    }

    private static void Set(int trim, int map, int pad)
    {
        Glibc.Set(Glibc.TrimThreshold, trim);
        if (!Glibc.Set(Glibc.MapThreshold, map))
            Glibc.Set(Glibc.MapThreshold, UsualMap);
        Glibc.Set(Glibc.TopPad, pad);
    }
}
