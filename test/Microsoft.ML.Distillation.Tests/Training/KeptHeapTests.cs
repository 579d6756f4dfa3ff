using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>What a step frees, the next has at once: no page is fetched again. The settings are the process's, so these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class KeptHeapTests
{
    // More than glibc keeps by its own rule, and less than a thread's heap can hold.
    private const int Bytes = 40 << 20, Rounds = 8;

    [Fact]
    public void FreedMemoryIsKeptUntilTheLastTrainingEnds()
    {
        // Other C libraries' heaps are let alone, and so are those of which the environment says what they do: nothing to see.
        if (!KeptHeap.IsInCharge)
            return;
        // More threads than one, after one another: each may find a heap that another one left.
        for (var number = 0; number < 4; number++)
        {
            var (kept, once) = (0L, 0L);
            var thread = new Thread(() =>
            {
                using var outer = new KeptHeap();
                new KeptHeap().Dispose();
                kept = PagesFetched(Rounds);
                outer.Dispose();
                outer.Dispose();
                once = PagesFetched(1);
            });
            thread.Start();
            thread.Join();

            // The pages of one round at least, and of one more where the heap had other things in it; how large a page is, is up to the system.
            Assert.True(once > 0 && kept < 3 * once, $"{Rounds} rounds fetched {kept} pages while memory is kept; one round fetched {once} when it was given back.");
        }
    }

    /// <returns>How many pages this thread had to fetch to take, fill and free memory over and over.</returns>
    private static long PagesFetched(int rounds)
    {
        var before = Faults();
        for (var round = 0; round < rounds; round++)
        {
            var block = Marshal.AllocHGlobal(Bytes);
            for (var page = 0; page < Bytes; page += Environment.SystemPageSize)
                Marshal.WriteByte(block, page, 1);
            Marshal.FreeHGlobal(block);
        }
        return Faults() - before;
    }

    // The tenth number of a thread's line: faults that needed no disk.
    private static long Faults() => long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[7], CultureInfo.InvariantCulture);
}
