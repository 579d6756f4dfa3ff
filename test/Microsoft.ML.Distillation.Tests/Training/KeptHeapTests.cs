using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>What a step frees, the next has at once: no page is fetched again. The settings are the process's, so these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class KeptHeapTests
{
    private const int Bytes = 40 << 20, Rounds = 8;

    [Fact]
    public void FreedMemoryIsKeptUntilTheLastTrainingEnds()
    {
        // Other C libraries' heaps are let alone: nothing to see.
        if (!Glibc.IsThere)
            return;
        using var outer = new KeptHeap();
        new KeptHeap().Dispose();

        var kept = OnOwnThread();

        outer.Dispose();
        outer.Dispose();
        var free = OnOwnThread();
        // Each round fetches its pages again, 8 times what one does; a size of pages is up to the system.
        Assert.True(free > 3 * kept, $"{kept} pages were fetched while memory is kept, {free} after.");
    }

    /// <returns>How many pages a thread that takes, fills and frees memory over and over had to fetch.</returns>
    private static long OnOwnThread()
    {
        var faults = 0L;
        var thread = new Thread(() =>
        {
            var before = Faults();
            for (var round = 0; round < Rounds; round++)
            {
                var block = Marshal.AllocHGlobal(Bytes);
                for (var page = 0; page < Bytes; page += Environment.SystemPageSize)
                    Marshal.WriteByte(block, page, 1);
                Marshal.FreeHGlobal(block);
            }
            faults = Faults() - before;
        });
        thread.Start();
        thread.Join();
        return faults;
    }

    // The tenth number of a thread's line: faults that needed no disk.
    private static long Faults() => long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture);
}
