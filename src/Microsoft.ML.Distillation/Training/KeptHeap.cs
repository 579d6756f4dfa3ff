using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// Has the C library keep what a training's steps free, and gives it back when the last training ends. A step frees all its maps, which the next asks for again: on its own glibc gives them back to the system between, and
/// every page of them is fetched, zeroed and mapped once more in every step, a third of the time where maps are large. Where the environment says how it is to be (<c>MALLOC_…_</c>, <c>GLIBC_TUNABLES</c>), that holds.
/// </summary>
internal sealed class KeptHeap : IDisposable
{
    private const int Kept = 1 << 30, Pad = 64 << 20;

    // Older versions map blocks above this by themselves in any case, and newer ones by their own rule; it is where that rule ends up once such a block was freed.
    private const int UsualMap = 32 << 20, UsualTrim = 2 * UsualMap, UsualPad = 128 << 10;
    private static readonly Lock _gate = new();
    private static readonly bool _isOurs = !new[] { "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_" }.Any(name => Environment.GetEnvironmentVariable(name) is not null)
        && Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains("glibc.malloc.", StringComparison.Ordinal) != true;
    private static int _holders;
    private bool _ended;

    public KeptHeap()
    {
        lock (_gate)
        {
            if (_holders++ == 0)
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
            if (--_holders > 0)
                return;
            Set(UsualTrim, UsualMap, UsualPad);
            Glibc.GiveBack();
        }
    }

    private static void Set(int trim, int map, int pad)
    {
        if (!_isOurs)
            return;
        Glibc.Set(Glibc.TrimThreshold, trim);
        if (!Glibc.Set(Glibc.MapThreshold, map))
            Glibc.Set(Glibc.MapThreshold, UsualMap);
        Glibc.Set(Glibc.TopPad, pad);
    }
}
