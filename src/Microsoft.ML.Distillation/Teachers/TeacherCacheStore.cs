using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Records of equal length, one for a view of a row: in memory up to a budget, then in memory-mapped files up to another, and no further.</summary>
internal sealed class TeacherCacheStore(int rows, int views, long memoryBudget, long fileBudget, string folder) : IDisposable
{
    private const long BlockBytes = 16 << 20;
    private readonly int[]?[] _places = new int[views][]; // from 1; 0 is none
    private readonly List<PixelBlock> _blocks = [];
    private int _recordBytes;
    private int _count;

    public long MemoryBytes { get; private set; }

    public long FileBytes { get; private set; }

    /// <summary>Whether the budgets are spent.</summary>
    public bool IsFull { get; private set; }

    private int RecordsPerBlock => (int)Math.Clamp(BlockBytes / _recordBytes, 1, (long)rows * views);

    /// <returns>The record of a view that is there.</returns>
    public ReadOnlySpan<byte> Find(int row, int view) => Record(_places[view]![row] - 1);

    public bool Has(int row, int view) => _places[view] is { } places && places[row] != 0;

    /// <summary>Makes room for a view's record.</summary>
    /// <param name="bytes">Its length, the same for all.</param>
    /// <returns>The place to write to; nothing where the budgets are spent.</returns>
    public Span<byte> Add(int row, int view, int bytes)
    {
        _recordBytes = bytes;
        IsFull = IsFull || (_count / RecordsPerBlock == _blocks.Count && !TryAddBlock());
        if (IsFull)
            return [];
        (_places[view] ??= new int[rows])[row] = ++_count;
        return Record(_count - 1);
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
        _blocks.Clear();
    }

    private Span<byte> Record(int place) => _blocks[place / RecordsPerBlock].Row(place % RecordsPerBlock, _recordBytes);

    private bool TryAddBlock()
    {
        var bytes = (long)RecordsPerBlock * _recordBytes;
        if (MemoryBytes + bytes <= memoryBudget)
        {
            _blocks.Add(PixelBlock.InMemory(bytes));
            MemoryBytes += bytes;
            return true;
        }
        if (FileBytes + bytes > fileBudget)
            return false;
        try
        {
            _blocks.Add(PixelBlock.InFile(bytes, folder));
        }
        catch (IOException)
        {
            // A disk without room for it costs time, not the run.
            return false;
        }
        FileBytes += bytes;
        return true;
    }
}
