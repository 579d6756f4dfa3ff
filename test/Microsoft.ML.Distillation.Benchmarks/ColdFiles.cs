using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>
/// As long as it lives, drops the pages of this process's pixel files from its memory and from the system's cache, a thousand times a second: images are read from the disk, as where the files are
/// far larger than what memory is left. Linux only.
/// </summary>
internal sealed class ColdFiles : IDisposable
{
    private const int PageOut = 21;
    private readonly List<(nint Start, nuint Length)> _mapped;
    private readonly long _before = BytesRead();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _dropping;

    /// <exception cref="NotSupportedException">This system can't.</exception>
    public ColdFiles()
    {
        if (!OperatingSystem.IsLinux())
            throw new NotSupportedException("--cold is for Linux.");
        _mapped = [.. File.ReadLines("/proc/self/maps").Where(line => line.Contains("/distillation-", StringComparison.Ordinal) && line.Contains(".pixels", StringComparison.Ordinal)).Select(Range)];
        if (_mapped.Count == 0)
            throw new NotSupportedException("No pixels are in files; --cold needs a --budget that they don't fit into.");
        Drop();
        _dropping = new Thread(() =>
        {
            while (!_stop.Token.WaitHandle.WaitOne(1))
                Drop();
        }) { IsBackground = true };
        _dropping.Start();
    }

    /// <summary>What this process has read from disks since, in bytes.</summary>
    public long Read => BytesRead() - _before;

    public void Dispose()
    {
        _stop.Cancel();
        _dropping.Join();
        _stop.Dispose();
    }

    private void Drop()
    {
        foreach (var (start, length) in _mapped)
        {
            if (Advise(start, length, PageOut) != 0)
                throw new NotSupportedException($"The system refuses to drop pages (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    private static long BytesRead() =>
        long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("read_bytes:", StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);

    private static (nint Start, nuint Length) Range(string line)
    {
        var limits = line.Split(' ')[0].Split('-').Select(limit => ulong.Parse(limit, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        return ((nint)limits[0], (nuint)(limits[1] - limits[0]));
    }

    [DllImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static extern int Advise(nint start, nuint length, int advice);
}
